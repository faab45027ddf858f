// AsyncRPC
