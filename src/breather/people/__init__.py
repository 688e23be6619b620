"""People: for now the one password of the console; accounts and duties have an issue of their own."""
