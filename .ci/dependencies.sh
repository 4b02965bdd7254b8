# Sourced by run and test: makes sure of Swift and of the C libraries, or says what is missing.
# Everything here speaks on standard error; standard output belongs to the program.

# One a line: apt package | pkg-config name, or <header> where Debian has no such name | what it is for.
c_libraries='
zlib1g-dev|zlib|reads gzip-compressed market data and compressed WebSocket messages
libssl-dev|openssl|encrypts venue connections, signs venue requests and hashes feed files
libcurl4-openssl-dev|libcurl|asks venues what is not urgent
libsodium-dev|libsodium|keeps venue keys encrypted and signs with Ed25519
libwslay-dev|<wslay/wslay.h>|frames WebSocket messages
libwebsockets-dev|libwebsockets|serves the simulated venues on loopback
libsimdjson-dev|simdjson|parses what our decoders are measured against
'
# What the tests need besides, by the commands that tell whether it is there.
test_tools='
openssl|!openssl version|serves TLS to the tests of our client
curl|!curl --version|asks the simulated venues in tests
python3-venv|!python3 -c "import ensurepip, venv"|runs client libraries of others in tests
'
swift_minimum=6.3

say() { printf '%s\n' "$*" >&2; }

# Whether the C library with the pkg-config name, or the <header>, $1 is there; whether !command succeeds.
has_library() {
  case $1 in
  "!"*) bash -c "${1#!}" >/dev/null 2>&1 </dev/null ;;
  "<"*) printf '#include %s\n' "$1" | clang -E -x c - >/dev/null 2>&1 ;;
  *) command -v pkg-config >/dev/null && pkg-config --exists "$1" ;;
  esac
}

# Lines of c_libraries and needed_tools that are not found; most of them where there is no pkg-config.
missing_libraries() {
  local package module reason
  while IFS='|' read -r package module reason; do
    [ -n "$package" ] || continue
    if ! has_library "$module"; then
      printf '%s|%s|%s\n' "$package" "$module" "$reason"
    fi
  done <<<"$c_libraries${needed_tools-}"
}

require_swift() {
  local version
  if ! command -v swift >/dev/null; then
    say "needletail: no 'swift' in PATH. Install Swift $swift_minimum or later: https://www.swift.org/install/linux/"
    return 1
  fi
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
  if [ -z "$version" ] || [ "$(printf '%s\n' "$swift_minimum" "$version" | sort -V | head -n 1)" != "$swift_minimum" ]; then
    say "needletail: found Swift ${version:-of unknown version} ($(command -v swift)); $swift_minimum or later is needed: https://www.swift.org/install/linux/"
    return 1
  fi
}

# Runs apt-get as root, by sudo without a password where we are not root.
apt_get() {
  if [ "$(id -u)" = 0 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get "$@" </dev/null >&2
  else
    sudo -n env DEBIAN_FRONTEND=noninteractive apt-get "$@" </dev/null >&2
  fi
}

install_packages() {
  # A fresh image has no package lists; old lists may name packages that are gone.
  if compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null && apt_get install -y -q --no-install-recommends "$@"; then
    return 0
  fi
  apt_get update -q && apt_get install -y -q --no-install-recommends "$@"
}

require_libraries() {
  local missing package module reason
  local packages=()
  missing=$(missing_libraries)
  if ! command -v pkg-config >/dev/null; then
    missing="pkg-config||finds the C libraries for the build"$'\n'"$missing"
  fi
  [ -n "$missing" ] || return 0
  say "needletail: these packages are needed and missing:"
  while IFS='|' read -r package module reason; do
    [ -n "$package" ] || continue
    packages+=("$package")
    say "  $package: $reason"
  done <<<"$missing"
  if ! command -v apt-get >/dev/null; then
    say "needletail: there is no apt-get here. Install what corresponds to them (pkg-config must find: zlib, openssl, libcurl, libsodium, libwebsockets, simdjson; the compiler: wslay/wslay.h) and try again."
    return 1
  fi
  if [ "$(id -u)" != 0 ] && ! { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }; then
    say "needletail: installing needs root. Run: sudo apt-get install --no-install-recommends ${packages[*]}"
    return 1
  fi
  say "needletail: installing them with apt-get"
  install_packages "${packages[@]}" || {
    say "needletail: apt-get could not install ${packages[*]}"
    return 1
  }
  missing=$(missing_libraries)
  [ -z "$missing" ] || {
    say "needletail: still not found after installing:"
    say "$missing"
    return 1
  }
}

# Runs a build. On a terminal its progress is seen; elsewhere only a failed build is heard.
build_quietly() {
  local log status=0
  if [ -t 2 ]; then
    "$@" >&2
    return
  fi
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  [ "$status" = 0 ] || cat "$log" >&2
  rm -f "$log"
  return "$status"
}
