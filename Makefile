# Every habit is a target; `make help` lists them.
SHELL = /bin/sh
MAVEN = mvn -B -ntp -Dstyle.color=never
# Debian's Maven carries a Guava that Java 25 warns about.
export MAVEN_OPTS = --sun-misc-unsafe-memory-access=allow
DIST = target/dist
SOURCES = pom.xml README.md $(shell find $(wildcard src/main src/build bindings man conf docs) -type f)
SCRIPTS = .ci/run $(addprefix bench/, run jmh build peers relay) $(wildcard src/build/* src/main/bin/* src/main/sh/* src/package/p* src/test/sh/*)
export DESTDIR
export PREFIX ?= /usr/local

.PHONY: build run test test-faults test-package fuzz bench bench-quick install uninstall dist bindings clean help

build: target/built ## build target/dist/ (the default)

target/built: $(SOURCES)
	@echo "building $(DIST)/ (some minutes the first time)" >&2
	@src/build/with build $(MAVEN) -q -Dmaven.test.skip package
	@touch $@

run: build ## see it work: connections to many addresses reach daemons in their own network namespaces
	@src/build/with run $(DIST)/bin/socketbox-demo

test: ## every unit, property and integration test, and the checks of format and scripts
	@rm -rf target/surefire-reports target/failsafe-reports
	@src/build/with test shellcheck -x $(filter-out %.java,$(SCRIPTS))
	@src/build/with test $(MAVEN) spotless:check verify

test-faults: build ## faults of every kind under load, longer than make test has them: half an hour
	@src/build/with test $(MAVEN) -q verify -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dsocketbox.faults.long=true \
		-Dtest.timeout.seconds=7200 -Dit.test='io.socketbox.faults.*IT'

test-package: dist ## install, use, upgrade and purge the .deb in a clean system of its own (downloads one)
	@src/build/with test-package src/test/sh/test-package

fuzz: ## look for inputs that parsers do not stand, FUZZ_SECONDS (60) for each of them
	@src/build/with test src/build/fuzz $${FUZZ_SECONDS:-60}
	@src/build/with test src/build/fuzz-java $${FUZZ_SECONDS:-60}

bench: build ## every benchmark, side by side with other programs: target/bench/report.html
	@src/build/with bench bench/run

bench-quick: build ## the same in three minutes, compared with the committed ratios
	@src/build/with bench bench/run --quick

install: build ## copy it to $DESTDIR$PREFIX (PREFIX is /usr/local if not given)
	@src/build/install install $(DIST)

uninstall: ## remove what install copied, but for the configuration
	@src/build/install uninstall $(DIST)

dist: build ## make a .tar.gz and a .deb in target/package/, with a Java runtime inside
	@src/build/with dist src/build/package

bindings: ## generate bindings/generated/ anew from bindings/linux.h
	@src/build/with build bindings/generate

clean: ## remove target/
	rm -rf target

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile
