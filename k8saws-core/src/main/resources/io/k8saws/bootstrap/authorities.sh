# ---- whom a worker trusts, and who has signed its certificate ----

# authorities_of WAY-IN: names and key identifiers of the authorities in it, as the control plane noted them.
authorities_of() {
  sed -n 's/^# \(authority-kubernetes-[0-9]* [0-9a-f-]*\)$/\1/p' "$1"
}

# names_authorities WAY-IN: whether it has the authorities that this machine was started to trust, and no others.
names_authorities() {
  local wanted
  wanted=$(tr ' ' '\n' <<<"$AUTHORITIES" | sort)
  [[ $(authorities_of "$1" | cut -d ' ' -f 1 | sort) == "$wanted" ]]
}

# signer_of PEM: what the first certificate calls the key that has signed it (RFC 5280, 4.2.1.1), in hexadecimal digits; - when it names none.
signer_of() {
  local der
  der=$(sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/{/-----/!p;/END CERTIFICATE/q;}' "$1" | base64 -d | od -An -v -tx1 | tr -d ' \n')
  if [[ $der =~ 0603551d2304..30..80(..)(.*) ]]; then
    printf '%s' "${BASH_REMATCH[2]:0:$((16#${BASH_REMATCH[1]} * 2))}"
  else
    printf '%s' -
  fi
}

# Which authorities this machine trusts, and whose signature it shows: for its status.
note_keys() {
  local name id shown
  shown=$(signer_of /var/lib/kubelet/pki/kubelet-client-current.pem)
  {
    printf 'meant %s\n' "$AUTHORITIES"
    while read -r name id; do
      printf 'trusts %s\n' "$name"
      if [[ $id == "$shown" ]]; then
        printf 'shows %s\n' "$name"
      fi
    done <"$KEPT/authorities"
  } >"$KEYS"
}
