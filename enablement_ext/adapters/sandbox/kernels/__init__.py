"""Kernels in sandboxes: `warm` has one up before anybody needs it."""
