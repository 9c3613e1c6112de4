# make            builds build/immure
# make demo       runs an untrusted installer in it, and shows what it got
# make check      runs every test, check-full also the long ones
# make help       lists the rest
#
# demo, check, lint and bench install the Debian packages that they need and
# that are missing; nothing else does.

VERSION = 0.1.0
PREFIX = /usr/local
DESTDIR =

# SANITIZE=1 builds in build/asan with AddressSanitizer and UBSan.
# WEAKEN=1 builds in build/weak what takes walls down when it is asked to: for the
# tests to compare with, never to be installed.
SANITIZE =
WEAKEN =
# FUZZ=1 builds in build/fuzz the programs of `make fuzz`, with clang.
FUZZ =
BUILD = build$(if $(SANITIZE),/asan)$(if $(WEAKEN),/weak)$(if $(FUZZ),/fuzz)

CC = $(if $(FUZZ),clang,gcc)
CFLAGS = -O2 -g
LDFLAGS =
# What runs a program of another architecture, for a CC that makes such.
RUN =

WARNINGS = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings
HARDEN = $(if $(FUZZ),-fsanitize=fuzzer-no-link$(,)address$(,)undefined -fno-sanitize-recover=undefined)\
	$(if $(SANITIZE),-fsanitize=address$(,)undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer,-D_FORTIFY_SOURCE=2 -fno-asynchronous-unwind-tables) -fstack-protector-strong -fPIE
HARDEN_LD = $(if $(FUZZ),-fsanitize=address$(,)undefined)$(if $(SANITIZE),-fsanitize=address$(,)undefined -static-libasan -static-libubsan) \
	-pie -Wl,-z,relro,-z,now,-z,pack-relative-relocs $(BEFORE_GLIB)
# Functions that stand in front of GLib's, whom only libslirp knows (src/net/buffers.c).
BEFORE_GLIB = -Wl,--export-dynamic-symbol=g_*
CPPFLAGS = -D_GNU_SOURCE -Iinclude $(if $(WEAKEN),-DIMMURE_WEAKEN)
COMPILE = $(CC) -std=gnu11 $(CPPFLAGS) $(WARNINGS) $(HARDEN) -fvisibility=hidden $(CFLAGS)
LINK = $(CC) $(HARDEN_LD) $(CFLAGS) $(LDFLAGS)
# libresolv's reader of DNS messages: two functions, linked statically, so that who is
# offline loads no library for them.
LIBS = -l:libcap.a -l:libresolv.a
, = ,

PACKAGES_BUILD = gcc make libc6-dev libcap-dev libslirp-dev libsystemd-dev
PACKAGES_TEST = bats bind9-dnsutils binutils bubblewrap busybox-static curl dbus-bin dbus-daemon desktop-file-utils dnsmasq-base expect fish git hostname \
	iproute2 iptables iperf3 iputils-ping jq less libglib2.0-bin libseccomp-dev libslirp0 mmdebstrap netcat-openbsd nftables nodejs mandoc openssh-client openssl parallel \
	perl procps python3 python3-paramiko rsync sqlite3 strace tcpdump tmux uidmap unzip util-linux vim wget xdg-dbus-proxy xxd zsh
# Programs with a profile whose packages are large: make check-apps.
PACKAGES_APPS = cargo chromium cmake evince ffmpeg file firefox-esr fonts-dejavu-core ghostscript gimp golang-go grim imagemagick libreoffice-calc \
	libreoffice-writer mpv openjdk-17-jdk-headless pandoc php-cli poppler-utils python3-pip ruby sway thunderbird vlc-bin vlc-plugin-base \
	vlc-plugin-qt vlc-plugin-video-output x11-apps x11-utils xauth xvfb yt-dlp $(if $(shell command -v npm),,npm)
PACKAGES_FULL = chromium crun firejail gcc-aarch64-linux-gnu gdb libc6-dev-arm64-cross openjdk-17-jdk-headless podman qemu-user-static runc
PACKAGES_BENCH = bubblewrap dnsmasq-base hyperfine iperf3 iproute2 libslirp0 python3 slirp4netns
PACKAGES_FUZZ = clang libclang-rt-dev
PACKAGES_VM = busybox-static cpio e2fsprogs genext2fs kmod mmdebstrap qemu-system-x86
PACKAGES_LINT = clang-tidy cppcheck shellcheck

# Everything but main.c and the generators' mains is shared: by the program, by
# the generator of texts and by the tests of tests/unit.
sources := $(filter-out src/gen/% $(if $(WEAKEN),,%/weaken.c),$(wildcard src/*/*.c))
# What runs while a sandbox waits is linked first, and so together: a page that is used
# brings its neighbours along, in two processes for as long as it lives.
waiting := $(filter src/run/% src/confine/% $(addprefix src/,sys/process.c sys/privilege.c \
	sys/seccomp.c sys/socket.c sys/tty.c base/fd.c base/error.c),$(sources))
sources := $(waiting) $(filter-out $(waiting),$(sources))
objects := $(sources:%.c=$(BUILD)/%.o) $(BUILD)/default_profile.o $(BUILD)/dev_profile.o $(BUILD)/default_filter.o $(BUILD)/first_image.o \
	$(if $(SANITIZE),$(BUILD)/tests/lib/sanitize.o)
fuzzers := $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
unit := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))
generated := man/immure.1 completions/immure.bash completions/immure.zsh completions/immure.fish

all: $(BUILD)/immure $(BUILD)/immure-gen

help:
	@echo 'make [all]      build/immure                make check       every test'
	@echo 'make install    PREFIX=/usr/local DESTDIR=  make check-full  and the long ones'
	@echo 'make uninstall  what install installed      make sanitize    the tests with ASan and UBSan'
	@echo 'make demo       an untrusted installer      make lint        gcc, clang-tidy, cppcheck, shellcheck'
	@echo 'make generate   man page and completions    make bench       against bubblewrap, slirp4netns'
	@echo 'make check-apps  the profiles of large programs'
	@echo 'make fuzz       FUZZ_SECONDS=60 a harness   make vmcheck     tests on other kernels, in qemu'
	@echo 'make setup      packages, all of them       make clean       remove build/'

# --- the program -----------------------------------------------------------

$(BUILD)/immure: $(BUILD)/src/main.o $(objects)
	@echo '  LD      $@'
	@$(LINK) -o $@ $^ $(LIBS)

$(BUILD)/immure-gen: $(BUILD)/src/gen/gen.o $(objects)
	@echo '  LD      $@'
	@$(LINK) -o $@ $^ $(LIBS)

# It comes before the rest, which needs what it makes.
filter_objects := $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/base/*.c src/filter/*.c))

$(BUILD)/immure-gen-filter: $(BUILD)/src/gen/filter.o $(filter_objects)
	@echo '  LD      $@'
	@$(LINK) -o $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(COMPILE) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: $(BUILD)/%.c $(BUILD)/flags
	@echo '  CC      $<'
	@$(COMPILE) -MMD -MP -c -o $@ $<

# The postures themselves, so that the binary alone works.
$(BUILD)/default_profile.c $(BUILD)/dev_profile.c: $(BUILD)/%_profile.c: profiles/%.profile
	@mkdir -p $(@D)
	@echo '  EMBED   $<'
	@{ echo 'extern const char $*_profile_text[];'; \
	   echo 'const char $*_profile_text[] ='; \
	   sed 's/\\/\\\\/g; s/"/\\"/g; s/	/\\t/g; s/.*/"&\\n"/' $<; \
	   echo '"";'; } >$@.new
	@mv $@.new $@

# Process 1 of who may look into it: a program without a C library, as data.
$(BUILD)/first: src/sys/first/first.c $(BUILD)/flags
	@echo '  CC      $<'
	@$(CC) -std=gnu11 $(WARNINGS) -Os -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -fno-pie -static -Wno-unused-command-line-argument \
		-no-pie -nostdlib -s -Wl,--build-id=none,-z,noexecstack,-z,norelro,-z,noseparate-code -o $@ $<

$(BUILD)/first_image.c: $(BUILD)/first
	@echo '  EMBED   $<'
	@{ echo '#include <immure/sys/process.h>'; echo 'const unsigned char first_image[] = {'; \
	   od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; \
	   echo '};'; echo 'const size_t first_image_size = sizeof(first_image);'; } >$@.new
	@mv $@.new $@

# The default filters of system calls, as data.
$(BUILD)/default_filter.c: $(BUILD)/immure-gen-filter
	@echo '  FILTER  $@'
	@$(RUN) $< >$@.new
	@mv $@.new $@

# Who says the version, and who knows where we are installed.
NAMES = -DIMMURE_VERSION='"$(VERSION)"' -DIMMURE_PREFIX='"$(PREFIX)"'
named := $(patsubst %.c,$(BUILD)/%.o,src/main.c src/cmd/run.c src/config/search.c src/gen/gen.c)
$(named): private CPPFLAGS += $(NAMES)
$(named): $(BUILD)/names

# Other flags: everything is compiled again; another version or place: who names it.
$(BUILD)/flags $(BUILD)/names: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$NOW" | cmp -s - $@ || printf '%s\n' "$$NOW" >$@
$(BUILD)/flags: export NOW = $(COMPILE) // $(LINK)
$(BUILD)/names: export NOW = $(NAMES)
FORCE:

-include $(wildcard $(BUILD)/*.d $(BUILD)/src/*.d $(BUILD)/src/*/*.d $(BUILD)/unit/*.d)

# --- manual and completions: one table writes them all ----------------------

generate: $(BUILD)/immure-gen
	@scripts/generate $(BUILD)/immure-gen .

# --- installation ------------------------------------------------------------

bindir = $(DESTDIR)$(PREFIX)/bin
sharedir = $(DESTDIR)$(PREFIX)/share
installed = $(bindir)/immure \
	$(sharedir)/man/man1/immure.1 \
	$(sharedir)/man/man5/immure-profile.5 \
	$(sharedir)/bash-completion/completions/immure \
	$(sharedir)/zsh/site-functions/_immure \
	$(sharedir)/fish/vendor_completions.d/immure.fish \
	$(patsubst profiles/%,$(sharedir)/immure/profiles/%,$(wildcard profiles/*.profile profiles/include/*.profile)) \
	$(foreach pair,$(aliases),$(sharedir)/immure/profiles/$(firstword $(subst =, ,$(pair))).profile)
# NAME=PROFILE for every other name that a profile says its program has.
aliases = $(shell awk '$$1 == "alias" { n = split(FILENAME, p, "/"); sub(/\.profile$$/, "", p[n]); \
	for (i = 2; i <= NF && $$i !~ /^\#/; i++) print $$i "=" p[n] }' profiles/*.profile)

install: all $(generated) install-profiles
	$(if $(WEAKEN),$(error what WEAKEN=1 builds is for tests alone))
	install -D -m 755 $(BUILD)/immure '$(bindir)/immure'
	install -D -m 644 man/immure.1 '$(sharedir)/man/man1/immure.1'
	install -D -m 644 man/immure-profile.5 '$(sharedir)/man/man5/immure-profile.5'
	install -D -m 644 completions/immure.bash '$(sharedir)/bash-completion/completions/immure'
	install -D -m 644 completions/immure.zsh '$(sharedir)/zsh/site-functions/_immure'
	install -D -m 644 completions/immure.fish '$(sharedir)/fish/vendor_completions.d/immure.fish'

install-profiles:
	install -d -m 755 '$(sharedir)/immure/profiles/include'
	install -m 644 profiles/*.profile '$(sharedir)/immure/profiles/'
	install -m 644 profiles/include/*.profile '$(sharedir)/immure/profiles/include/'
	@for pair in $(aliases); do file='$(sharedir)/immure/profiles/'$${pair%=*}.profile; \
		printf '# %s: another name of %s.\ninclude %s\n' "$${pair%=*}" "$${pair#*=}" "$${pair#*=}" >"$$file" && \
		chmod 644 "$$file" || exit 1; done

uninstall:
	rm -f $(foreach file,$(installed),'$(file)')
	-rmdir '$(sharedir)/immure/profiles/include' '$(sharedir)/immure/profiles' '$(sharedir)/immure'

# --- packages ----------------------------------------------------------------

setup: ; @scripts/setup $(sort $(PACKAGES_BUILD) $(PACKAGES_TEST) $(PACKAGES_APPS) $(PACKAGES_FULL) $(PACKAGES_BENCH) $(PACKAGES_FUZZ) $(PACKAGES_LINT) \
	$(PACKAGES_VM))
setup-build: ; @scripts/setup $(PACKAGES_BUILD)
setup-check: ; @scripts/setup $(sort $(PACKAGES_BUILD) $(PACKAGES_TEST))
setup-full: ; @scripts/setup $(sort $(PACKAGES_BUILD) $(PACKAGES_TEST) $(PACKAGES_FULL))
setup-apps: ; @scripts/setup $(sort $(PACKAGES_BUILD) $(PACKAGES_TEST) $(PACKAGES_APPS))
setup-bench: ; @scripts/setup $(sort $(PACKAGES_BUILD) $(PACKAGES_BENCH))
setup-fuzz: ; @scripts/setup $(sort $(PACKAGES_BUILD) $(PACKAGES_FUZZ))
setup-vm: ; @scripts/setup $(sort $(PACKAGES_BUILD) $(PACKAGES_VM))
setup-lint: ; @scripts/setup $(sort $(PACKAGES_BUILD) $(PACKAGES_LINT))

# --- tests -------------------------------------------------------------------

helpers := $(BUILD)/probe $(BUILD)/tracer $(BUILD)/witness

test-programs: $(helpers) $(BUILD)/floor $(unit) $(fuzzers:%=$(BUILD)/replay/%)

check: setup-check
	@tests/run

check-full: setup-full
	@tests/run tests

# A browser starts half a dozen times, and that takes its time on a busy machine.
check-apps: setup-apps
	@BATS_TEST_TIMEOUT=900 tests/run tests/apps tests/heavy

vmcheck: setup-vm
	@VM_PACKAGES='$(PACKAGES_TEST)' tests/vm/vmcheck

sanitize: setup-check
	@SANITIZE=1 tests/run

demo: setup-build
	@$(MAKE) --no-print-directory all
	@tests/demo/demo $(BUILD)/immure

$(helpers): $(BUILD)/%: tests/lib/%.c $(BUILD)/call_names.h
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(CC) -static -std=gnu11 -D_GNU_SOURCE -I$(BUILD) $(WARNINGS) -O2 -o $@ $<

# Every system call that the headers know: CALL(name, number).
$(BUILD)/call_names.h: $(BUILD)/flags
	@echo '  NAMES   $@'
	@echo '#include <sys/syscall.h>' | $(CC) -E -dM - | sort | \
		sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$$/CALL(\1, \2)/p' >$@

$(BUILD)/unit/%: tests/unit/%.c tests/unit/unit.h $(objects)
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(COMPILE) -MMD -MP $(HARDEN_LD) $(LDFLAGS) -o $@ $< $(objects) $(LIBS)

# The numbers of system calls, from somebody else.
$(BUILD)/unit/filter: LIBS += $(shell pkg-config --libs libseccomp 2>/dev/null || echo -lseccomp)

# The corpus of a harness, without clang: what was found once stays found.
$(BUILD)/replay/%: tests/fuzz/%.c tests/fuzz/replay.c tests/fuzz/fuzz.h $(objects)
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(COMPILE) $(HARDEN_LD) $(LDFLAGS) -o $@ $< tests/fuzz/replay.c $(objects) $(LIBS)

# --- fuzz: bytes that nobody chose, for so many seconds a harness ---------------

FUZZ_SECONDS = 60

fuzz: setup-fuzz
	@$(MAKE) --no-print-directory FUZZ=1 fuzz-programs
	@tests/fuzz/run build/fuzz $(FUZZ_SECONDS) $(fuzzers)

fuzz-programs: $(fuzzers:%=$(BUILD)/fuzzer/%)

$(BUILD)/fuzzer/%: tests/fuzz/%.c tests/fuzz/fuzz.h $(objects)
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(COMPILE) -fsanitize=fuzzer $(HARDEN_LD) $(LDFLAGS) -o $@ $< $(objects) $(LIBS)

# --- bench -------------------------------------------------------------------

bench: setup-bench
	@$(MAKE) --no-print-directory all $(BUILD)/floor $(BUILD)/connects
	@tests/bench/bench $(BUILD); offline=$$?; tests/bench/network $(BUILD) && exit $$offline

$(BUILD)/connects: tests/bench/connects.c
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(CC) -static -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O2 -o $@ $<

# It is what the program is compared with: nothing of HARDEN, in no kind of build.
floor_c := tests/bench/floor.c src/sys/seccomp.c $(wildcard src/base/*.c src/filter/*.c)

$(BUILD)/floor: $(floor_c) $(BUILD)/default_filter.c $(BUILD)/flags $(wildcard include/immure/*/*.h)
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(CC) -static -std=gnu11 $(CPPFLAGS) $(WARNINGS) -O2 -o $@ $(filter %.c,$^)

# --- lint: everything found is an error ----------------------------------------

lint_c := $(wildcard src/*.c src/*/*.c) src/sys/first/first.c
lint_test_c := $(wildcard tests/lib/*.c tests/unit/*.c tests/fuzz/*.c tests/bench/*.c)
lint_scripts := .ci/run scripts/setup scripts/generate scripts/generate-apps scripts/profile-table tests/run tests/apps/record tests/fuzz/run tests/lib/as-user tests/lib/world \
	tests/vm/vmcheck tests/vm/guest \
	$(wildcard tests/lib/*.bash tests/*/*.bats tests/demo/demo tests/demo/*.sh completions/*.bash)

lint: setup-lint
	@$(MAKE) --no-print-directory lint-gcc lint-tidy lint-cppcheck lint-shell

# The sources that only WEAKEN=1 has.
$(BUILD)/lint/%/weaken.gcc $(BUILD)/lint/%/weaken.tidy: private CPPFLAGS += -DIMMURE_WEAKEN

$(BUILD)/lint/tests/lib/tracer.tidy: $(BUILD)/call_names.h

lint-gcc: $(lint_c:%.c=$(BUILD)/lint/%.gcc)
lint-tidy: $(patsubst %.c,$(BUILD)/lint/%.tidy,$(lint_c) $(lint_test_c))

$(BUILD)/lint/%.gcc: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo '  ANALYZE $<'
	@$(COMPILE) $(NAMES) -fanalyzer -MMD -MP -MT $@ -MF $@.d -c -o $@.o $<
	@rm -f $@.o; touch $@

$(BUILD)/lint/%.tidy: %.c .clang-tidy $(BUILD)/flags $(wildcard include/immure/*/*.h src/*/*.h tests/unit/*.h)
	@mkdir -p $(@D)
	@echo '  TIDY    $<'
	@clang-tidy --quiet $< -- -std=gnu11 $(CPPFLAGS) $(NAMES) -I$(BUILD) >$@.log 2>&1 || { cat $@.log; exit 1; }
	@touch $@

# cppcheck 2.10 gives a file up at a cast to __typeof__.
lint-cppcheck: $(BUILD)/call_names.h
	@echo '  CPPCHECK'
	@cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --language=c --platform=unix64 \
		--enable=warning,performance,portability --suppress=missingIncludeSystem \
		$(CPPFLAGS) $(NAMES) '-D__typeof__(x)=struct any *' -D__x86_64__ -I$(BUILD) $(lint_c) $(lint_test_c)

lint-shell: $(lint_scripts:%=$(BUILD)/lint/%.shell)

$(BUILD)/lint/%.shell: % $(wildcard tests/lib/*.bash)
	@mkdir -p $(@D)
	@echo '  SHELL   $<'
	@shellcheck -x $<
	@touch $@

-include $(wildcard $(BUILD)/lint/src/*.d $(BUILD)/lint/src/*/*.d)

clean:
	rm -rf build

.PHONY: all help generate install install-profiles uninstall setup setup-build setup-check setup-full setup-bench setup-lint \
	setup-vm setup-apps test-programs check check-apps check-full vmcheck sanitize demo bench fuzz fuzz-programs lint lint-gcc lint-tidy lint-cppcheck \
	lint-shell clean FORCE
.DELETE_ON_ERROR:
