// Generated from spec/proto/containerd/task_v3.proto by spec/generate-swift.py; do not edit.

import CWire

extension TaskAPIv3 {
    /// The same calls under the name that newer managers use. The messages are byte for byte those
    /// of version 2.
    public enum TaskService {
        public static let name = "containerd.task.v3.Task"
        public static let state = UnaryMethod<TaskAPI.StateRequest, TaskAPI.StateResponse>(service: name, name: "State")
        public static let create = UnaryMethod<TaskAPI.CreateTaskRequest, TaskAPI.CreateTaskResponse>(service: name, name: "Create")
        public static let start = UnaryMethod<TaskAPI.StartRequest, TaskAPI.StartResponse>(service: name, name: "Start")
        public static let delete = UnaryMethod<TaskAPI.DeleteRequest, TaskAPI.DeleteResponse>(service: name, name: "Delete")
        public static let pids = UnaryMethod<TaskAPI.PidsRequest, TaskAPI.PidsResponse>(service: name, name: "Pids")
        public static let pause = UnaryMethod<TaskAPI.PauseRequest, Empty>(service: name, name: "Pause")
        public static let resume = UnaryMethod<TaskAPI.ResumeRequest, Empty>(service: name, name: "Resume")
        public static let checkpoint = UnaryMethod<TaskAPI.CheckpointTaskRequest, Empty>(service: name, name: "Checkpoint")
        public static let kill = UnaryMethod<TaskAPI.KillRequest, Empty>(service: name, name: "Kill")
        public static let exec = UnaryMethod<TaskAPI.ExecProcessRequest, Empty>(service: name, name: "Exec")
        public static let resizePty = UnaryMethod<TaskAPI.ResizePtyRequest, Empty>(service: name, name: "ResizePty")
        public static let closeIO = UnaryMethod<TaskAPI.CloseIORequest, Empty>(service: name, name: "CloseIO")
        public static let update = UnaryMethod<TaskAPI.UpdateTaskRequest, Empty>(service: name, name: "Update")
        public static let wait = UnaryMethod<TaskAPI.WaitRequest, TaskAPI.WaitResponse>(service: name, name: "Wait")
        public static let stats = UnaryMethod<TaskAPI.StatsRequest, TaskAPI.StatsResponse>(service: name, name: "Stats")
        public static let connect = UnaryMethod<TaskAPI.ConnectRequest, TaskAPI.ConnectResponse>(service: name, name: "Connect")
        public static let shutdown = UnaryMethod<TaskAPI.ShutdownRequest, Empty>(service: name, name: "Shutdown")
    }

}
