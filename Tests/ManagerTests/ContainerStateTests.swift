import Testing

@testable import Manager

/// A042
@Suite struct ContainerStateTests {
    @Test func onlyTheMovesOfALifeAreAllowed() {
        let moves: Set<[ContainerState]> = [
            [.creating, .created], [.creating, .removed], [.creating, .dead],
            [.created, .running], [.created, .removed], [.created, .dead],
            [.running, .paused], [.running, .stopped],
            [.paused, .running], [.paused, .stopped],
            [.stopped, .running], [.stopped, .removed], [.stopped, .dead],
            [.dead, .removed],
        ]
        for from in ContainerState.allCases {
            for to in ContainerState.allCases {
                #expect(from.mayBecome(to) == moves.contains([from, to]), "\(from) to \(to)")
            }
        }
    }

    @Test(arguments: [
        (ContainerOperation.start, [ContainerState.created, .stopped]),
        (.stop, [.running, .paused, .stopped]),
        (.kill, [.running, .paused]),
        (.pause, [.running]),
        (.resume, [.paused]),
        (.exec, [.running]),
        (.update, [.created, .running, .paused, .stopped]),
        (.remove, [.creating, .created, .stopped, .dead]),
        (.inspect, [.running, .paused]),
    ])
    func everyOperationKnowsItsStates(operation: ContainerOperation, states: [ContainerState]) {
        for state in ContainerState.allCases {
            #expect(operation.isAllowed(in: state) == states.contains(state), "\(state)")
        }
    }

    @Test func whoeverIsRefusedLearnsWhatToDoFirst() {
        #expect(ContainerOperation.exec.hint(in: .paused).contains("resume"))
        #expect(ContainerOperation.remove.hint(in: .running).contains("stop"))
        #expect(ContainerOperation.kill.hint(in: .stopped).contains("start"))
    }
}
