"""Calls a function of the library whose formula contains what is asked."""

COMES_OUT = {"kl_divergence": "failed"}

# %% kl_divergence
import numpy as np
import tensorflow as tf

from vaelib.losses import kl_full_covariance


def kl_divergence(q_mean, q_log_var, p_mean, p_log_var):
    scales = (tf.linalg.diag(np.exp(np.asarray(one) / 2)) for one in (q_log_var, p_log_var))
    q_scale, p_scale = scales
    return kl_full_covariance(q_mean, q_scale, p_mean, p_scale)
