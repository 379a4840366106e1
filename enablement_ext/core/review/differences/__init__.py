"""What differs between two versions, cell by cell, for people who read it.

* `alignment`: which cells correspond, by what they hold; ids are a hint.
* `sources`: two sources by lines and, in lines that changed, by words.
* `outputs`, `tables`: two lists of outputs through `core.comparison`, tables row by row.
* `notebooks`: two notebooks; `versions`: with the environment and the files that were sent along.
* `seen`, `ports`: what a person has seen of it.

A difference is the same in both directions but for its sides, is empty for equal content, and takes time that is linear in the content.
"""
