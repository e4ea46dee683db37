# How the server is run. Source it in the project directory after jdk.sh; then use start_server.

# Pauses of the collector are pauses of every page, so it is one that hardly pauses (docs/adr/0020).
# The heap is small when idle and grows to half of the machine at most. A server that runs out of memory
# is gone at once: what was acknowledged is in the database, and a half-dead server helps nobody.
JAVA_FLAGS=(
  --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow
  -XX:+UseCompactObjectHeaders
  -XX:+UseZGC
  -Xms64m
  -XX:MaxRAMPercentage=50
  -XX:+ExitOnOutOfMemoryError
)

MAIN=io.marquetry.app.Main
AOT_CACHE=target/marquetry.aot
AOT_JAR=target/marquetry-run.jar

# The JVM accepts a cache only for the very class path it was recorded with, and no directories in it.
aot_class_path() {
  printf '%s' "$AOT_JAR"
  local jar
  for jar in target/lib/*.jar; do printf ':%s' "$jar"; done
}

# Replaces this shell by the server, so that signals reach it; arguments go to the server.
start_server() {
  local -a more=() cache=()
  local classes='target/classes:target/lib/*'
  if [[ $AOT_CACHE -nt target/.built && -f $AOT_JAR ]]; then
    cache=(-XX:AOTCache=$AOT_CACHE '-Xlog:aot*=off' '-Xlog:cds*=off')
    classes=$(aot_class_path)
  fi
  read -r -a more <<<"${MARQUETRY_JAVA_OPTS:-}"
  exec "$JAVA_HOME/bin/java" "${JAVA_FLAGS[@]}" ${cache[@]+"${cache[@]}"} ${more[@]+"${more[@]}"} \
    -cp "$classes" "$MAIN" "$@"
}

# Starts a server on throw-away data, records which classes a start loads and how, and stops it. Later
# starts take about a third of the time. Costs some ten seconds and 60 MB in target.
prepare_start() {
  local data=target/aot-data ready server status=0
  rm -rf "$AOT_CACHE" "$AOT_CACHE".* "$data"
  "$JAVA_HOME/bin/jar" --create --no-compress --file "$AOT_JAR" -C target/classes .
  echo "preparing quick starts…" >&2
  coproc SERVER {
    # With nobody's settings: above all not on a database that is in use.
    unset "${!MARQUETRY_@}"
    exec "$JAVA_HOME/bin/java" "${JAVA_FLAGS[@]}" -XX:AOTCacheOutput=$AOT_CACHE.new '-Xlog:aot*=off' '-Xlog:cds*=off' \
      -cp "$(aot_class_path)" "$MAIN" --port 0 --data "$data" 2>target/aot.log
  }
  server=$SERVER_PID
  trap 'kill "$server" 2>/dev/null' EXIT
  # The first line on stdout may be the JVM's; the server's names where it listens.
  while read -r ready <&"${SERVER[0]}"; do
    if [[ "$ready" == *http* ]]; then break; fi
  done
  kill -TERM "$server" 2>/dev/null || true
  cat <&"${SERVER[0]}" >/dev/null || true
  wait "$server" || status=$?
  trap - EXIT
  rm -rf "$data"
  if [[ ! -s $AOT_CACHE.new ]]; then
    echo "no quick start could be prepared (status $status); see target/aot.log" >&2
    exit 1
  fi
  mv "$AOT_CACHE.new" "$AOT_CACHE"
}
