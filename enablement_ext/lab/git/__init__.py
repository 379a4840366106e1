"""Git in the author's server: setting it up, committing and pushing, history, and merging colleagues' changes.

`handlers`: the routes below `/enablement/git/`. `setup`: set up, commit and push. `history`: status, history, restore, fetch and merge. `conflicts`:
merge conflicts as JSON. Git itself runs `credential_helper` and `clean_filter`, each as a program of its own.
"""
