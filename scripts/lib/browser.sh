# What tests with a browser, a cache and real clients need beside the JDK. Source it in the project directory; each
# function says in one line what it could not do, and the tests concerned are then skipped.

# Installs packages where we may; $1 says what for.
install_packages() {
  local what=$1
  shift
  if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
    echo "$what is not installed, and only root with apt-get could install it: its tests will be skipped"
    return 1
  fi
  echo "installing $what"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@"; } >/dev/null 2>&1 || {
    echo "$what could not be installed: its tests will be skipped"
    return 1
  }
}

# A Chromium with letters to draw.
need_chromium() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    [[ -x "${CHROMIUM:-}" ]] || install_packages Chromium chromium fonts-dejavu-core
}

# A cache to stand in front. Where it was just installed as a service it is not left running.
need_varnish() {
  [[ -x /usr/sbin/varnishd || -x /usr/local/sbin/varnishd ]] && return 0
  install_packages Varnish varnish || return 1
  systemctl disable --now --quiet varnish varnishncsa 2>/dev/null || true
}

need_node() {
  { command -v node >/dev/null && command -v npm >/dev/null; } || install_packages Node nodejs npm
}

# The clients that others wrote, as the lock file pins them.
need_clients() {
  local home=src/test/js/clients
  if [[ $home/node_modules/.package-lock.json -nt $home/package-lock.json ]]; then
    return 0
  fi
  echo 'installing the clients of src/test/js/clients'
  (cd "$home" && npm ci --no-audit --no-fund --loglevel=error) || {
    echo 'npm could not install them: the tests of real clients will fail'
    return 1
  }
}
