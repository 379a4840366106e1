"""Git in the author's server.

`handlers`: the routes below `/enablement/git/`. `setup`: set up, commit and push. `history`: status, history, restore, fetch and merge. `conflicts`:
merge conflicts as JSON. Git itself runs `credential_helper` and `clean_filter`, each as a program of its own.
"""
