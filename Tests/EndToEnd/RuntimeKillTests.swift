import Foundation
import TestSupport
import Testing

/// The runtime, or the process that becomes the container's, is killed before one of its system
/// calls, whichever; `delete --force` then leaves nothing, and nobody else notices.
@Suite(.needsRoot) struct RuntimeKillTests {
    // A042
    @Test(arguments: KillWorld.Kind.allCases)
    func whatIsKilledAnywhereCanBeDeleted(kind: KillWorld.Kind) throws {
        try KillStory.forEach(of: kind, in: KillStory.all) { story, world in
            // Once undisturbed: it says how many calls there are.
            world.prepare(story)
            let whole = world.traced(story, nil)
            story.expectEnd(of: whole)
            try #require(world.deleteByForce().status == 0)
            #expect(world.residue(of: whole) == [], "\(story)")
            try #require(whole.calls.count > 10, "\(story): \(whole)")
            kill(story, in: world, of: whole.calls.count)
        }
    }

    private func kill(_ story: KillStory, in world: KillWorld, of count: Int) {
        let sample = KillSample.calls(of: count, most: 5)
        var hits = 0
        for call in sample {
            let target = TracedRun.Target(process: story.process, call: call, .kill)
            world.prepare(story)
            let outcome = world.traced(story, target)
            hits += outcome.hasInterfered ? 1 : 0
            let name = SystemCallNames.name(outcome.calls.last ?? -1)
            let place: Comment = "\(story): \(target) of \(count), \(name)"
            #expect(!outcome.hasTimedOut, place)
            let deleted = world.deleteByForce()
            #expect(deleted.status == 0, "\(place): \(deleted)")
            #expect(world.residue(of: outcome) == [], place)
        }
        // The last calls of a run another does not make: it has to wait more often, or less.
        #expect(hits > sample.count / 3, "\(story): \(hits) of \(sample.count) of \(count) calls")
    }
}
