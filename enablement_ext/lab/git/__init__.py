"""Git in the author's server: the set-up in one click, the credential helper, the clean filter."""
