"""What makes the log verifiable by those who do not trust this house: roots over all streams, exports, the verifier."""
