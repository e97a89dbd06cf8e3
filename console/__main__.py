"""`python -m console`: the same as `keydeck`."""

from console.keydeck import main

if __name__ == "__main__":
    main()
