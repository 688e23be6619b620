"""One module for each format in which lists are published. Each reads a stream and yields what it found."""
