"""What the web layer does with requests: addresses, formats, languages, errors, kinds of pages."""
