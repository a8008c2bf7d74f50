"""What ``digest demo`` points the real job at: a newsroom, a mailbox and a list, all on this machine."""
