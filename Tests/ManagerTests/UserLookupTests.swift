import Testing

@testable import Manager

@Suite struct UserLookupTests {
    private let lookup = UserLookup(
        passwd: """
            root:x:0:0:root:/root:/bin/sh
            # a comment
            broken:line
            alice:x:1000:1001:Alice:/home/alice:/bin/sh
            bob:x:1002:1002::
            homeless:x:1003:1003:::
            """,
        group: """
            root:x:0:
            wheel:x:10:bob,alice
            staff:x:50:alice
            alice:x:1001:alice
            """)

    @Test func nobodyNamedIsRoot() throws {
        #expect(try lookup.resolve("") == .init(uid: 0, gid: 0, groups: [0], home: "/root"))
    }

    @Test func aNameBringsItsGroupsAndHome() throws {
        #expect(
            try lookup.resolve("alice")
                == .init(uid: 1000, gid: 1001, groups: [1001, 10, 50], home: "/home/alice"))
    }

    @Test func aNumberOfAnEntryIsThatEntry() throws {
        #expect(try lookup.resolve("1000") == lookup.resolve("alice"))
    }

    // A165
    @Test func aNumberNeedsNoEntry() throws {
        let empty = UserLookup(passwd: "", group: "")
        #expect(
            try empty.resolve("65534") == .init(uid: 65534, gid: 0, groups: [0], home: "/"))
        #expect(
            try empty.resolve("5:7") == .init(uid: 5, gid: 7, groups: [7], home: "/"))
        #expect(try empty.resolve("0").home == "/root")
    }

    @Test func aNamedGroupReplacesTheUsersOwn() throws {
        #expect(
            try lookup.resolve("alice:wheel")
                == .init(uid: 1000, gid: 10, groups: [10], home: "/home/alice"))
        #expect(try lookup.resolve("alice:77").gid == 77)
    }

    @Test func emptyHomesAreTheRoot() throws {
        #expect(try lookup.resolve("homeless").home == "/")
    }

    @Test func whoIsUnknownIsRefused() {
        #expect(throws: UserLookup.Problem.unknownUser("carol")) { try lookup.resolve("carol") }
        #expect(throws: UserLookup.Problem.unknownGroup("nogroup")) {
            try lookup.resolve("alice:nogroup")
        }
        #expect(throws: UserLookup.Problem.malformed(":")) { try lookup.resolve(":") }
        #expect(throws: UserLookup.Problem.malformed("4294967295")) {
            try lookup.resolve("4294967295")
        }
    }
}
