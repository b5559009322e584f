# authrack: build, test, install. `make help` lists the targets.

MODE ?= release
B := build/$(MODE)
CC ?= cc
PREFIX ?= /usr/local
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
VERSION := 0.1.0

# --- flags -------------------------------------------------------------------------------------
PACKAGES := ncursesw sqlite3 libcrypto libssl libcurl jansson zlib libqrencode libmicrohttpd
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wvla -Wundef \
	-Wcast-qual -Wpointer-arith -Wnull-dereference -Wswitch-enum -Wimplicit-fallthrough \
	-Wdouble-promotion
WARNINGS_gcc := -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wformat-signedness
COMPILER := $(if $(findstring clang,$(shell $(CC) --version 2>/dev/null)),clang,gcc)
HARDENING := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
	-fcf-protection=full
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined

CFLAGS_release := -O2 $(HARDENING)
CFLAGS_clang := $(CFLAGS_release)
CFLAGS_debug := -O0 -g3
CFLAGS_asan := -O1 -fno-omit-frame-pointer $(SANITIZE)
CFLAGS_fuzz := $(CFLAGS_asan) -fsanitize=fuzzer-no-link
CFLAGS_cov := -O0 --coverage
LDFLAGS_release := -Wl,-z,relro,-z,now
LDFLAGS_clang := $(LDFLAGS_release)
LDFLAGS_asan := $(SANITIZE)
LDFLAGS_fuzz := $(SANITIZE)
LDFLAGS_cov := --coverage
WERROR ?= -Werror

CPPFLAGS_ALL = -I. -D_GNU_SOURCE -DAUTHRACK_VERSION='"$(VERSION)"' \
	-include src/base/banned.h $(PACKAGE_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL = -std=gnu11 -g -fPIE $(WARNINGS) $(WARNINGS_$(COMPILER)) $(WERROR) \
	$(CFLAGS_$(MODE)) $(CFLAGS)
LDFLAGS_ALL = -pie $(LDFLAGS_$(MODE)) $(LDFLAGS)
PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lpthread

# --- what is built -----------------------------------------------------------------------------
SOURCES := $(filter-out src/cli/docs.c, \
	$(sort $(wildcard src/base/*.c data/*.c src/token/*.c src/oauth/*.c src/app/*.c src/cli/*.c \
	src/serve/*.c ui/*.c)))
OBJECTS := $(SOURCES:%.c=$(B)/%.o) $(B)/gen/migrations.o
C_FILES := $(wildcard src/*.[ch] src/*/*.[ch] data/*.[ch] ui/*.[ch] tests/*/*.[ch])
UNIT := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c tests/screens/test_*.c))
SCREENS := $(patsubst %.c,$(B)/%.o,$(filter-out tests/screens/test_%,$(wildcard tests/screens/*.c)))
SUPPORT := $(patsubst %.c,$(B)/%.o,$(wildcard tests/lib/*.c))
FUZZ := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCH := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/bench/*.c))
SCRIPTS := $(sort $(wildcard tests/*/*.t))

.PHONY: all docs run test units fuzzers check unit asan valgrind fuzz cov memcheck lint bench \
	benches format install uninstall clean help

all: $(B)/authrack	## build build/release/authrack (CFLAGS, MODE=debug honoured)

$(B)/authrack: $(B)/src/main.o $(B)/libauthrack.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(B)/libauthrack.a: $(OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(B)/gen/%.o: $(B)/gen/%.c
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

$(B)/gen/migrations.c: data/migrations/embed.awk $(sort $(wildcard data/migrations/*.sql))
	@mkdir -p $(@D)
	awk -f $^ > $@

# An archive: a test links only those helpers that it uses.
$(B)/libsupport.a: $(SUPPORT)
	@rm -f $@
	$(AR) rcs $@ $^

# The screens' own world (actor, random, clock stand still) takes the place of the real one.
$(filter $(B)/tests/screens/%,$(UNIT)): $(SCREENS)

$(UNIT) $(BENCH): %: %.o $(B)/libsupport.a $(B)/libauthrack.a
	$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(filter %.a,$^) -lcmocka $(LIBS)

$(FUZZ): %: %.o $(B)/tests/fuzz/common.o $(B)/tests/fuzz/fixed.o \
		$(filter $(B)/src/base/% $(B)/src/token/% $(B)/src/oauth/%,$(OBJECTS)) \
		$(addprefix $(B)/src/,app/rules.o serve/request.o serve/field.o serve/client.o)
	$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(LIBS)

# Not part of the program: makes the generated parts of the documents.
$(B)/docs: $(B)/src/cli/docs.o $(B)/libauthrack.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

docs: all $(B)/docs	## make completions and the generated parts of README and man page anew
	@src/cli/document $(B)

.SECONDARY:
-include $(OBJECTS:.o=.d) $(UNIT:=.d) $(FUZZ:=.d) $(SUPPORT:.o=.d) $(SCREENS:.o=.d) $(B)/src/main.d

# --- the two commands of the README --------------------------------------------------------------
run:			## install what is missing, build, open the console
	@.ci/install build
	@$(MAKE) -s -j$(JOBS) all
	@if [ -t 0 ] && [ -t 1 ]; then exec $(B)/authrack; \
		else exec tests/readme-session $(B)/authrack; fi

test:			## install what is missing, build, pass every test
	@.ci/install build test
	@$(MAKE) -j$(JOBS) all units
	@$(MAKE) -s check

# --- tests -----------------------------------------------------------------------------------------
PROVE := AUTHRACK=$(abspath $(B))/authrack BUILD=$(abspath $(B)) CMOCKA_MESSAGE_OUTPUT=TAP \
	prove --timer -j$(JOBS)

units: $(UNIT) $(B)/docs
fuzzers: $(FUZZ)

check:			## run the tests on what is built
	@$(PROVE) -e '' $(UNIT) $(SCRIPTS)

unit: all units		## run the unit and screen tests only
	@$(PROVE) -e '' $(UNIT)

asan:			## the whole suite under ASan and UBSan
	@.ci/install build test asan
	@$(MAKE) -s -j$(JOBS) MODE=asan all units
	@$(MAKE) -s MODE=asan check

valgrind:		## the unit tests under valgrind
	@.ci/install build test valgrind
	@$(MAKE) -s -j$(JOBS) MODE=debug all units
	@$(MAKE) -s MODE=debug memcheck

memcheck:
	@$(PROVE) -e 'valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite' $(UNIT)

fuzz:			## fuzz each reader for FUZZ_SECONDS (60), two at a time
	@.ci/install build fuzz
	@$(MAKE) -s -j$(JOBS) CC=clang MODE=fuzz fuzzers && tests/fuzz/run

cov:			## line coverage of the whole suite
	@.ci/install build test cov
	@$(MAKE) -s -j$(JOBS) MODE=cov all units
	@$(MAKE) -s MODE=cov check
	@gcovr -r . --object-directory build/cov -f 'src|ui|data'

# --- checks of the tree, measurements ----------------------------------------------------------------
benches: $(BENCH)

lint:			## layout, static analysis, spelling, sizes
	@.ci/install build lint
	@tests/lint/run $(C_FILES)

format:			## lay out the C files as .clang-format says
	clang-format -i $(C_FILES)

bench:			## measure what is promised, beside its peers
	@.ci/install build test bench
	@$(MAKE) -s -j$(JOBS) all benches
	@BUILD=$(abspath $(B)) tests/bench/run

# --- install ---------------------------------------------------------------------------------------------
install: all		## install under PREFIX (/usr/local), below DESTDIR
	install -D -m 755 $(B)/authrack $(DESTDIR)$(PREFIX)/bin/authrack
	@AUTHRACK_PREFIX=$(PREFIX) share/install $(DESTDIR)$(PREFIX) install

uninstall:		## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/authrack
	@AUTHRACK_PREFIX=$(PREFIX) share/install $(DESTDIR)$(PREFIX) uninstall

clean:			## remove what was built
	rm -rf build

help:			## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { split($$1, name, ":"); \
		printf "  make %-10s %s\n", name[1], $$2 }' $(MAKEFILE_LIST)
