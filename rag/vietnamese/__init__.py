"""What the product knows about written Vietnamese: normal forms, syllables, sentences, accents."""
