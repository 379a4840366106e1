"""Deploying the catalog: Helm values, KubeSpawner profiles, pre-pull lists, and the checks on what a chart was given."""
