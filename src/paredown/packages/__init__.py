"""The package databases inside a root file system: what dpkg and apk installed, what it depends on, and how they forget a package that is gone."""
