"""Container images of a release: layers, Containerfile, SBOM, and the port of the builder."""
