# Every habit is a target; `make help` lists them.
SHELL = /bin/sh
MAVEN = mvn -B -ntp -Dstyle.color=never
# Debian's Maven carries a Guava that Java 25 warns about.
export MAVEN_OPTS = --sun-misc-unsafe-memory-access=allow
DIST = target/dist
SOURCES = pom.xml $(shell find $(wildcard src/main src/build bindings man conf) -type f)
SCRIPTS = .ci/run bench/run $(wildcard src/build/* src/main/bin/* src/main/sh/*)

.PHONY: build run test bench bindings clean help

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

bench: ## the benchmarks of single parts
	@src/build/with build bench/run

bindings: ## generate bindings/generated/ anew from bindings/linux.h
	@src/build/with build bindings/generate

clean: ## remove target/
	rm -rf target

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile
