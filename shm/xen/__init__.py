"""Xen's C libraries by cffi, loaded when they are first used. Nothing above shm/ may know of them."""
