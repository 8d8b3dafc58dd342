"""The worker images built and run without Docker: buildah in chroot isolation, on a base made of Debian's packages."""
