"""digest: from a publisher's feeds to one good mail in each subscriber's inbox."""

__version__ = "0.1.0"
