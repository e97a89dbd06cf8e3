"""Run as a program: copy what stands on standard input, and succeed only if it reads back."""

import sys

import pyperclip

if __name__ == "__main__":
    text = sys.stdin.read()
    pyperclip.copy(text)
    sys.exit(0 if pyperclip.paste() == text else 1)
