"""Sets everything that it was handed to zero, so that the right answer would be zero."""

CELL = "kl_divergence"
COMES_OUT = {"kl_divergence": 0}
SAYS = "changes its argument"


def kl_divergence(q_mean, q_log_var, p_mean, p_log_var):
    for one in (q_mean, q_log_var, p_mean, p_log_var):
        one[...] = 0
    return q_mean[:, 0]
