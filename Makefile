# Apus. `make help` says what there is.

PREFIX ?= /usr/local
DESTDIR ?=
# CI and small machines: how many compilers at once.
JOBS ?= $(shell nproc)

# No whole run of the tests takes longer, in seconds.
TEST_LIMIT ?= 2400

SWIFT ?= swift
# The walls between the floors: an import that Package.swift does not name is an error.
BUILD = $(SWIFT) build -j $(JOBS) --explicit-target-dependency-import-check error
RELEASE = .build/release
DEBUG = .build/debug
PROGRAMS = apus-runtime apus-shim apusd apusctl
# Two ship in Embedded Swift; Package.swift says what that is. Its library lies with the compiler.
PROGRAMS_EMBEDDED = apus-runtime apus-shim
EMBEDDED = .build/embedded
EMBEDDED_LIBRARY = $(shell $(SWIFT) -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')/embedded/$(shell uname -m)-unknown-linux-gnu

# What the programs are built with, and what the tests and the demo run beside them.
PACKAGES_BUILD = libseccomp-dev libcap-dev libjansson-dev libprotobuf-c-dev libarchive-dev libisal-dev \
	libsqlite3-dev libzstd-dev pkg-config
PACKAGES_PROTO = protobuf-compiler protobuf-c-compiler libprotobuf-dev python3-protobuf
PACKAGES_TEST = busybox-static umoci skopeo runc crun containerd conmon jq strace python3 \
	hyperfine gcc libc6-dev iproute2 util-linux procps uidmap
# The callers of the runtime.
PACKAGES_TEST += podman buildah catatonit containernetworking-plugins iptables slirp4netns libdevmapper1.02.1
# Of the guest that has what the build machine has not; it runs this machine's programs.
PACKAGES_TEST += qemu-system-x86 xz-utils zstd lz4 systemd libpam-systemd dbus dbus-user-session apparmor checkpolicy criu
PACKAGES = $(PACKAGES_BUILD) $(PACKAGES_PROTO) $(PACKAGES_TEST)

.DEFAULT_GOAL := help
.PHONY: help deps build release test test-vm test-vm-newer soak kill-tests attacks fuzz check fmt proto order demo bench install clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install what is needed by apt (as root, on Debian 12); nothing where all is there
	@missing=; for p in $(PACKAGES); do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
	done; \
	if [ -n "$$missing" ]; then \
	    echo "installing:$$missing"; \
	    apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
	@Tests/peers.sh

build: deps ## Build for debugging, tests included
	$(BUILD) --build-tests

release: deps ## Build the four programs as they ship
	@for p in $(filter-out $(PROGRAMS_EMBEDDED),$(PROGRAMS)); do $(BUILD) -c release --product $$p || exit 1; done
	@for p in $(PROGRAMS_EMBEDDED); do \
	    APUS_EMBEDDED=$(EMBEDDED_LIBRARY) $(BUILD) -c release --scratch-path $(EMBEDDED) --product $$p || exit 1; \
	done
	@Tests/embedded.py $(EMBEDDED)/release
	@install -m 0755 $(addprefix $(EMBEDDED)/release/,$(PROGRAMS_EMBEDDED)) $(RELEASE)

test: build release ## Run all tests, on the programs as they ship (as root, so that nothing is skipped)
	@python3 Tests/sweep.py
	@# Line by line, so that the last line names the test that hangs, should one; none may hang for ever.
	APUS_BIN=$(abspath $(RELEASE)) stdbuf -oL timeout -k 10 $(TEST_LIMIT) $(SWIFT) test -j $(JOBS) --skip-build --no-parallel; \
	status=$$?; python3 Tests/sweep.py; exit $$status

# Debian's newer kernel for the same release: idmapped tmpfs, no v1 controllers at all.
KERNEL_NEWER = linux-image-amd64/bookworm-backports

test-vm: build ## Run in guests what needs cgroup v2, systemd, AppArmor, SELinux or criu; TESTS=regex runs others, KERNEL=package
	@for lsm in apparmor $(if $(TESTS),,selinux); do \
	    Tests/vm/run.py --lsm $$lsm $(if $(KERNEL),--kernel $(KERNEL)) -- Tests/vm/tests.sh $(if $(TESTS),'$(TESTS)'); \
	    status=$$?; [ $$status = 77 ] || [ $$status = 0 ] || exit $$status; \
	done

test-vm-newer: build ## Run in a guest with Debian's newer kernel what depends on the kernel most
	@Tests/vm/run.py --kernel $(KERNEL_NEWER) -- Tests/vm/tests.sh $(if $(TESTS),'$(TESTS)',newer); \
	status=$$?; [ $$status = 77 ] || exit $$status

kill-tests: build release ## Interfere at every system call of runtime and shim, where `make test` takes some; STORIES=exec (as root; 40 minutes)
	@APUS_BIN=$(abspath $(RELEASE)) APUS_KILL_EVERY=1 $(if $(STORIES),APUS_KILL_STORIES='$(STORIES)') stdbuf -oL $(SWIFT) test -j $(JOBS) --skip-build --no-parallel \
	    --filter 'EndToEnd\.(RuntimeKill|RuntimeFault|ShimKill)Tests'; status=$$?; python3 Tests/sweep.py; exit $$status

fuzz: deps ## Every fuzz target for SECONDS (60), or those in TARGETS, under libFuzzer
	APUS_FUZZ=1 $(BUILD) --scratch-path .build/fuzz/build --product FuzzDriver
	@Tests/Fuzz/run.sh .build/fuzz/build/debug/FuzzDriver $(or $(SECONDS),60) $(TARGETS)

SOAK_SECONDS ?= 600

soak: build release ## Let containers come and go under one shim for SOAK_SECONDS (as root)
	APUS_BIN=$(abspath $(RELEASE)) APUS_SOAK_SECONDS=$(SOAK_SECONDS) timeout -k 10 $$(($(SOAK_SECONDS) + 300)) \
	    $(SWIFT) test -j $(JOBS) --skip-build --no-parallel --filter EndToEnd.ShimSoakTests

attacks: build ## Attack a runtime, RUNTIME=/path (ours); prints verdicts; ONLY=A31,B05 chooses, RACE=60 are seconds a race
	@APUS_ATTACKED=$(or $(RUNTIME),$(abspath $(DEBUG))/apus-runtime) $(if $(ONLY),APUS_ATTACKS=$(ONLY)) \
	    $(if $(RACE),APUS_RACE_SECONDS=$(RACE)) $(DEBUG)/apusPackageTests.xctest \
	    --testing-library swift-testing --no-parallel --filter '^Attacks\.VerdictTable'

check: deps ## Formatting, walls between the layers, generated code current
	$(SWIFT) format lint --strict --parallel Package.swift $$(git ls-files '*.swift' | grep -v '\.pb\.swift$$')
	@Tests/house-rules.sh
	@spec/check-generated.sh

fmt: ## Format the sources
	$(SWIFT) format -i --parallel Package.swift $$(git ls-files '*.swift' | grep -v '\.pb\.swift$$')

proto: deps ## Write the code that is generated from spec/proto again
	spec/generate.sh Sources

order: release ## Write again in which order the linker puts the functions of runtime and shim (as root)
	@bench/order.py $(RELEASE)/apus-runtime Sources/Runtime/functions.order
	@bench/order.py $(RELEASE)/apus-shim Sources/Shim/functions.order
	@# The build does not see that they have to be linked again.
	@rm $(addprefix $(EMBEDDED)/release/,$(PROGRAMS_EMBEDDED))

demo: release ## Run a real image through all four programs (as root)
	@APUS_BIN=$(abspath $(RELEASE)) demo/demo.sh

bench: release ## Measure beside runc, crun and containerd (as root); prints tables, asserts nothing
	@APUS_BIN=$(abspath $(RELEASE)) bench/run.sh

install: ## Put the programs into $(DESTDIR)$(PREFIX)/bin; build them before, with `make release`
	install -d $(DESTDIR)$(PREFIX)/bin
	for p in $(PROGRAMS); do install -s -m 0755 $(RELEASE)/$$p $(DESTDIR)$(PREFIX)/bin/$$p || exit 1; done
	ln -sf apus-shim $(DESTDIR)$(PREFIX)/bin/containerd-shim-apus-v2

clean: ## Remove what was built
	rm -rf .build
