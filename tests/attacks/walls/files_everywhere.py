"""Makes files in every folder, so that limits of each add up."""

import os

answer = []
made = written = 0
for folder in (os.getcwd(), "/tmp", "/dev/shm"):
    try:
        with open(f"{folder}/large", "wb", buffering=0) as file:
            for _ in range(8):
                written += file.write(bytes(1 << 20))
    except OSError:
        pass
if written > 8 << 20:
    answer.append(written)
for folder in (os.getcwd(), "/tmp", "/dev/shm"):
    if os.path.exists(f"{folder}/large"):
        os.unlink(f"{folder}/large")
for folder in (os.getcwd(), "/tmp", "/dev/shm"):
    try:
        for i in range(21_000):
            os.close(os.open(f"{folder}/{i}", os.O_CREAT))
            made += 1
    except OSError:
        pass
if made > 20_000:
    answer.append(made)
