# authrack: build, test, install. `make help` lists the targets.
MODE ?= release
B := build/$(MODE)
CC ?= cc
PREFIX ?= /usr/local
VERSION := 0.1.0

PACKAGES := ncursesw sqlite3 libcrypto jansson zlib
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wvla -Wundef \
	-Wcast-qual -Wpointer-arith -Wnull-dereference -Wswitch-enum -Wimplicit-fallthrough \
	-Wdouble-promotion
ifneq (,$(findstring clang,$(shell $(CC) --version 2>/dev/null)))
else
WARNINGS += -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wformat-signedness
endif
HARDENING := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fPIE

CFLAGS_release := -O2 -D_FORTIFY_SOURCE=3 $(HARDENING)
CFLAGS_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined -fPIE
CFLAGS_debug := -O0 -g3 -fPIE
CFLAGS_cov := -O0 -g --coverage -fPIE
LDFLAGS_release := -Wl,-z,relro,-z,now
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_cov := --coverage
WERROR ?= -Werror

CPPFLAGS_ALL := -I. -I$(B)/gen -D_GNU_SOURCE -DAUTHRACK_VERSION='"$(VERSION)"' \
	-include src/base/banned.h $(shell pkg-config --cflags $(PACKAGES)) $(CPPFLAGS)
CFLAGS_ALL := -std=gnu11 -g $(WARNINGS) $(WERROR) $(CFLAGS_$(MODE)) $(CFLAGS)
LDFLAGS_ALL := -pie $(LDFLAGS_$(MODE)) $(LDFLAGS)
LIBS := $(shell pkg-config --libs $(PACKAGES)) -lpthread

SOURCES := $(sort $(wildcard src/base/*.c src/token/*.c src/oauth/*.c data/*.c src/app/*.c \
	src/cli/*.c src/serve/*.c ui/*.c))
OBJECTS := $(SOURCES:%.c=$(B)/%.o) $(B)/gen/migrations.o
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c))

.PHONY: all
all: $(B)/authrack			## build build/release/authrack

$(B)/authrack: $(B)/src/main.o $(B)/libauthrack.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(B)/libauthrack.a: $(OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(B)/gen/%.o: $(B)/gen/%.c
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(B)/gen/migrations.c: data/migrations/embed.awk $(sort $(wildcard data/migrations/*.sql))
	@mkdir -p $(@D)
	awk -f $^ > $@

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/tests/lib/support.o $(B)/libauthrack.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcmocka $(LIBS)

.PHONY: unit
unit: $(UNIT)				## build the unit tests and run them under prove
	prove -e '' $(UNIT)

.PHONY: clean
clean:					## remove what was built
	rm -rf build

.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
