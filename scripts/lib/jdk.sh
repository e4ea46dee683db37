# Finds a JDK of at least the version this project is written for. Source it, then call use_jdk:
# JAVA_HOME is exported, or one line says what to do and the script ends with status 1.

JDK_WANTED=25

# The feature version of the JDK in directory $1, or nothing if there is no complete one.
jdk_version() {
  [[ -x "$1/bin/java" && -x "$1/bin/javac" ]] || return 0
  local version=''
  if [[ -r "$1/release" ]]; then
    version=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$1/release")
  fi
  if [[ -z "$version" ]]; then
    version=$("$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p;T;q')
  fi
  printf '%s' "$version"
}

# The home of the java on the PATH, behind its symbolic links.
jdk_on_path() {
  local java link
  java=$(command -v java 2>/dev/null) || return 0
  while link=$(readlink "$java"); do
    [[ "$link" == /* ]] || link=$(dirname "$java")/$link
    java=$link
  done
  dirname "$(dirname "$java")"
}

use_jdk() {
  local home version
  local -a homes=("${JAVA_HOME:-}" "${JAVA25_HOME:-}" "$(jdk_on_path)")
  local root="${HOME:-/nonexistent}"
  homes+=(/usr/lib/jvm/* "$root"/.sdkman/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home
    "$root"/.jdks/* "$root"/.jdks/*/Contents/Home)
  for home in "${homes[@]}"; do
    [[ -n "$home" && -d "$home" ]] || continue
    version=$(jdk_version "$home")
    if [[ -n "$version" ]] && ((version >= JDK_WANTED)); then
      export JAVA_HOME=$home
      return 0
    fi
  done
  echo "no JDK $JDK_WANTED or newer found: install one (for example from https://adoptium.net) and set JAVA_HOME to it" >&2
  exit 1
}
