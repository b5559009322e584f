"""What another process has in its memory."""
import re

SHADOW = 1 << 32  # regions larger than this are a sanitizer's own


def memory_of(pid):
    """What the process has in its memory, region by region."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            begin, end = (int(word, 16) for word in line.split()[0].split("-"))
            if " rw" not in line or "[v" in line or end - begin > SHADOW:
                continue
            memory.seek(begin)
            try:
                yield memory.read(end - begin)
            except OSError:
                continue


def in_memory(pid, patterns):
    return sorted({p for region in memory_of(pid) for p in patterns if re.search(p, region, re.DOTALL)})
