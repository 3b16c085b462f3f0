"""HTTP: thin, one package a public API, each a mounted application with its own format of errors."""
