# make               build the command and the library      (build/pot, build/release/)
# make demo          build, and verify the shipped models against each other
# make check         build and run every test               (sets itself up; add V=1 to see commands)
# make M=asan check  the same under ASan and UBSan; also tsan, msan, valg, cov, debug
# make check-arm     the same for AArch64: cross-compiled, and run by qemu-user
# make oracle        live comparison with transformers and tokenizers, where installed
# make fuzz T=json   fuzz one target with libFuzzer for SECS=60 seconds
# make lint fmt install clean
#
# Nothing is listed here: a .c file is found by the folder it is in, and gets the
# instruction-set flags its name ends in (kernels_avx2.c).

M      ?= release
B      := build/$(M)
PREFIX ?= /usr/local
RUN    ?= timeout $(if $(filter release,$(M)),600,1200)
VERSION := $(shell cat VERSION)

ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif

WARN   := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
          -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2 \
          -Wswitch-enum -Wdouble-promotion -Wimplicit-fallthrough $(if $(WERROR),-Werror)
HARDEN := -fstack-protector-strong -fstack-clash-protection
BASE   := -std=c11 -g -Isrc -Iinclude -fPIC -fvisibility=hidden -fno-common -pthread \
          -ffp-contract=off -fno-math-errno -fno-fast-math -MMD -MP -DPOT_VERSION='"$(VERSION)"'

FLAGS.release = -O2 -D_FORTIFY_SOURCE=2 $(HARDEN)
FLAGS.debug   := -O0
FLAGS.asan    := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS.tsan    := -O1 -fsanitize=thread
FLAGS.msan    := -O1 -fsanitize=memory -fno-omit-frame-pointer
FLAGS.valg    := -O1
FLAGS.arm     = $(FLAGS.release)
FLAGS.cov     := -O0 --coverage
FLAGS.fuzz    := $(FLAGS.asan) -fsanitize=fuzzer-no-link
ifneq ($(filter msan fuzz,$(M)),)
CC := clang
endif
ifeq ($(M),arm)
MACHINE := aarch64
CC  := aarch64-linux-gnu-gcc
AR  := aarch64-linux-gnu-ar
EMU := qemu-aarch64 -cpu cortex-a53# which has nothing beyond ARMv8.0
RUN := T_SLOW=1 timeout 1800
else
MACHINE := $(shell uname -m)
endif
ifeq ($(M),valg)
RUN := valgrind -q --error-exitcode=9 --leak-check=full
endif
ifeq ($(FLAGS.$(M)),)
$(error M=$(M): no such mode)
endif

ISA.avx2   := -O3 -mavx2 -mfma -mf16c
ISA.avx512 := -O3 -mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx2 -mfma -mf16c
ISA.avx512bf16 := $(ISA.avx512) -mavx512bf16
ISA.neon   := -O3 -fno-schedule-insns # which would put accumulators into memory

Q = $(if $(V),,@printf '%-4s %s\n' $(1) $(2) &&)

ALL_CFLAGS  = $(BASE) $(WARN) $(FLAGS.$(M)) $(ISA.$(lastword $(subst _, ,$(*F)))) $(CFLAGS)
ALL_LDFLAGS = $(FLAGS.$(M)) -pthread -Wl,-z,relro,-z,now $(LDFLAGS)
LIBS       := -lcrypto -ljansson -lpcre2-8 -lutf8proc -lm

ifeq ($(MACHINE),x86_64)
HARDEN   += -fcf-protection
foreign  := %_neon.c
else
foreign  := %_avx2.c %_avx512.c %_avx512bf16.c
endif
lib_src  := $(filter-out src/cli/% $(foreign),$(wildcard src/*/*.c))
obj       = $(patsubst %.c,$(B)/%.o,$(1))
lib      := $(B)/libpot.a
so       := $(B)/libpot.so.0
tool     := $(B)/pot
tests    := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/*/*.c))
fuzzers  := $(patsubst fuzz/%.c,$(B)/%,$(wildcard fuzz/fuzz_*.c))
e2e      := $(wildcard tests/e2e/*.test)
examples := $(patsubst %.c,$(B)/%,$(wildcard examples/*.c))

all: $(lib) $(so) $(tool)
ifeq ($(M),release)
all: build/pot
build/pot: $(tool)
	@ln -sf release/pot $@
endif

# What building needs is looked for once; tools/setup.sh installs what is missing.
setup := build/setup-$(if $(filter arm,$(M)),arm,build).ok
build/setup-%.ok: tools/setup.sh
	@mkdir -p build
	@sh tools/setup.sh $*
	@touch $@

$(B)/%.o: %.c Makefile VERSION | $(setup)
	@mkdir -p $(@D)
	$(call Q,CC,$<) $(CC) $(ALL_CFLAGS) -c -o $@ $<

$(lib): $(call obj,$(lib_src))
	@rm -f $@
	$(call Q,AR,$@) $(AR) rcs $@ $^

$(so): $(call obj,$(lib_src))
	$(call Q,LD,$@) $(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,$(@F) -o $@ $^ $(LIBS)

$(tool): $(call obj,$(wildcard src/cli/*.c)) $(lib)
	$(call Q,LD,$@) $(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(tests): $(B)/tests/%: $(B)/tests/%.o $(lib)
	$(call Q,LD,$@) $(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/examples/%.o: BASE := $(filter-out -Isrc,$(BASE)) # they see the public headers only
$(examples): $(B)/%: $(B)/%.o $(lib)
	$(call Q,LD,$@) $(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(fuzzers): $(B)/%: $(B)/fuzz/%.o $(lib) $(if $(filter fuzz,$(M)),,$(B)/fuzz/replay.o)
	$(call Q,LD,$@) $(CC) $(ALL_LDFLAGS) $(if $(filter fuzz,$(M)),-fsanitize=fuzzer) -o $@ $^ $(LIBS)

$(B)/tests/%.o: BASE += -Itests

# A passed test leaves a stamp, so `make check` repeats only what changed.
pass = @mkdir -p $(@D); $(1) >$@.log 2>&1 && touch $@ && \
       { sed -n 's/^skipped: /skip $(2): /p' $@.log; echo "ok   $(2)"; } || \
       { cat $@.log; echo "FAIL $(2)"; false; }

$(tests:=.ok): %.ok: %
	$(call pass,$(RUN) $(EMU) $<,$(*F))

$(fuzzers:=.ok): $(B)/fuzz_%.ok: $(B)/fuzz_% $(wildcard fuzz/corpus/*/*)
	$(call pass,$(RUN) $(EMU) $< $(wildcard fuzz/corpus/$*/*),fuzz_$*)

$(e2e:tests/%=$(B)/%.ok): $(B)/%.ok: tests/% $(tool) $(examples) tests/e2e/run.sh
	$(call pass,POT="$(strip $(EMU) $(tool))" EXAMPLES="$(strip $(EMU) $(B)/examples)" $(RUN) sh tests/e2e/run.sh $<,$(*F))

check: all $(tests:=.ok) $(fuzzers:=.ok) $(e2e:tests/%=$(B)/%.ok)

check-arm:
	@$(MAKE) M=arm check

demo: all
	@sh tools/demo.sh $(tool)

oracle: all $(examples)
	@sh tools/oracle/run.sh $(tool)

bench: all $(patsubst bench/%.c,$(B)/bench/%,$(wildcard bench/*.c))
	@for b in $(filter $(B)/bench/%,$^); do echo "== $$b"; $$b || exit 1; done
$(B)/bench/%: $(B)/bench/%.o $(lib)
	$(call Q,LD,$@) $(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

fuzz:
	$(MAKE) M=fuzz build/fuzz/fuzz_$(T)
	mkdir -p build/corpus/$(T)
	build/fuzz/fuzz_$(T) -max_total_time=$(or $(SECS),60) build/corpus/$(T) fuzz/corpus/$(T)

lint:
	@sh tools/setup.sh lint
	@sh tools/lint.sh
fmt:
	@sh tools/setup.sh lint
	clang-format -i $$(find src include tests fuzz bench examples -name '*.[ch]')

install: all
	install -Dm755 $(tool) $(DESTDIR)$(PREFIX)/bin/pot
	install -Dm755 $(so) $(DESTDIR)$(PREFIX)/lib/$(notdir $(so))
	ln -sf $(notdir $(so)) $(DESTDIR)$(PREFIX)/lib/libpot.so
	install -Dm644 -t $(DESTDIR)$(PREFIX)/lib $(lib)
	install -Dm644 -t $(DESTDIR)$(PREFIX)/include/pot $(wildcard include/pot/*.h)
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/share/man/man1
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' tools/pot.pc.in \
	    >$(DESTDIR)$(PREFIX)/lib/pkgconfig/pot.pc
	$(tool) help --man >$(DESTDIR)$(PREFIX)/share/man/man1/pot.1

clean:
	rm -rf build

.PHONY: all check check-arm demo oracle bench fuzz lint fmt install clean
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
