# Builds what is run, if it is out of date. Source it after jdk.sh; expects to be in the project directory.

# Whether something that goes into target/classes or target/lib is newer than the last build. Directories
# count too: their time changes when a file in them is removed.
build_needed() {
  [[ -f target/.built && -d target/classes && -d target/lib ]] || return 0
  [[ -n "$(find pom.xml src/main -newer target/.built -print -quit)" ]]
}

# Calls Maven once for all who start at the same time.
build_if_needed() {
  build_needed || return 0
  command -v mvn >/dev/null || {
    echo "Maven is needed to build and was not found: install it (package maven) and try again" >&2
    exit 1
  }
  mkdir -p target
  if command -v flock >/dev/null; then
    exec 9>target/.build.lock
    flock 9
    build_needed || { exec 9>&-; return 0; }
  fi
  if [[ -f target/.built ]]; then echo "building…" >&2; else echo "building (first start only)…" >&2; fi
  # Taken before the build: what is edited meanwhile is newer and gets built the next time.
  touch target/.building
  if [[ ! -f target/.built || pom.xml -nt target/.built ]]; then rm -rf target/lib; fi
  MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}" \
    mvn -q -B -ntp -Dstyle.color=never -DskipTests process-classes >&2 || {
    echo "the build failed; see above" >&2
    exit 1
  }
  mv target/.building target/.built
  if [[ -e target/.build.lock ]]; then exec 9>&-; fi
}
