"""Git: repository names, the author's working copy and its versions, the clean filter."""
