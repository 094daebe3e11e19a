"""What is installed in a Tree: distributions, imports, ELF needs; gives Facts."""
