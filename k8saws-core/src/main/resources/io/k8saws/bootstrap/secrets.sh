# ---- secret files: what only this machine's role may read ----

fetch_secret_bundle() {
  (umask 077 && s3_get "$SECRETS" "$RUN/secrets")
}

# Of what the machine was given nothing may have ended: what verifies or shows it would be refused by all others, each with words of its own.
check_certificates() {
  local file
  if ! command -v openssl >/dev/null; then
    say "without openssl nobody looks whether certificates have ended"
    return 0
  fi
  while read -r file; do
    if [[ $file == *.crt ]] && has_ended "$file"; then
      fail "$file has ended: $(openssl x509 -noout -subject -enddate -in "$file" | paste -s -d ' ')." \
        "Plan and apply the cluster, which makes certificates anew; this machine takes them at its next try. An authority must be replaced: docs/pki.md says how"
    fi
  done <"$KEPT/secrets.files"
}

# has_ended FILE: whether no certificate in it is valid any more; during a rotation it holds two.
has_ended() {
  local line text=''
  while IFS= read -r line; do
    text+=$line$'\n'
    if [[ $line == '-----END CERTIFICATE-----' ]]; then
      if openssl x509 -noout -checkend 0 <<<"$text" >/dev/null; then
        return 1
      fi
      text=''
    fi
  done <"$1"
}

: "${HAVE_SECONDS:=60}" # so long a machine that has its secret files asks for them
readonly HAVE_SECONDS

# fetch_secrets: the files that only this machine's role may read, in one bundle. A machine that has them already goes on without the bucket: what it was given may have
# been deleted when its group got other files.
fetch_secrets() {
  local fetched=$KEPT/secrets.fetched limit=1800 code
  if [[ -f $fetched ]] && [[ $(<"$fetched") == "$SECRETS" ]]; then
    limit=$HAVE_SECONDS
  fi
  set +e
  (
    set -e
    retry "$limit" fetch_secret_bundle
  )
  code=$?
  set -e
  if ((code == 0)); then
    unpack "$RUN/secrets"
    rm -f "$RUN/secrets"
    cp "$RUN/files" "$KEPT/secrets.files"
    printf '%s' "$SECRETS" >"$fetched"
  elif ((limit < 1800)); then
    rm -f "$RUN/reason"
    say "going on with the files that are here"
  else
    return "$code"
  fi
  check_certificates
}
