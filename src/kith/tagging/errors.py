"""What can go wrong with tags.

InvalidInput ── TagInvalid, ClusterEmpty, ClusterAmbiguous
"""

from kith.errors import InvalidInput


class TagInvalid(InvalidInput):
    code = "tag_invalid"
    title = "A tag must say where the face is"


class ClusterEmpty(InvalidInput):
    code = "cluster_empty"
    title = "None of these faces is there, or nobody's yet"


class ClusterAmbiguous(InvalidInput):
    code = "cluster_ambiguous"
    title = "Several people may be meant"
