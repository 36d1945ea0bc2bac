"""Tries by name what Docker refuses by default and the first edition of the filter let through."""

import ctypes
import errno
import os

NUMBERS = {  # x86-64 and aarch64; None where there is no such call
    "acct": (163, 89),
    "adjtimex": (159, 171),
    "bdflush": (None, None),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "create_module": (174, None),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "get_kernel_syms": (177, None),
    "get_mempolicy_of_others": (256, 238),  # migrate_pages
    "init_module": (175, 105),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "lookup_dcookie": (212, 18),
    "move_pages": (279, 239),
    "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42),
    "personality": (135, 92),
    "query_module": (178, None),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "settimeofday": (164, 170),
    "stime": (None, None),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "sysfs": (139, None),
    "_sysctl": (156, None),
    "uselib": (134, None),
    "ustat": (136, None),
    "vhangup": (153, 58),
    "vserver": (236, None),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "process_mrelease": (448, 448),
    "pidfd_open": (434, 434),
    "landlock_create_ruleset": (444, 444),
    "cachestat": (451, 451),
    "map_shadow_stack": (453, 453),
    "listmount": (458, 458),
    "lsm_set_self_attr": (460, 460),
    "mseal": (462, 462),
}

answer = []
libc = ctypes.CDLL(None, use_errno=True)
for name, numbers in NUMBERS.items():
    number = numbers[os.uname().machine == "aarch64"]
    if number is not None:
        ctypes.set_errno(0)
        done = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(0)] * 6)
        if done != -1 or ctypes.get_errno() != errno.ENOSYS:
            answer.append(name)
