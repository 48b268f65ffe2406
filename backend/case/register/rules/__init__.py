"""Pure rules of the register: identity documents, phones, names, amounts, words. Text in, canonical value out, or a named error."""
