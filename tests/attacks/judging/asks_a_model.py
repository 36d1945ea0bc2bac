"""Has a model of the library compute what is asked, as a part of its loss."""

COMES_OUT = {"kl_divergence": "failed"}

# %% kl_divergence
import keras
import numpy as np

from vaelib.models import VAE


def kl_divergence(q_mean, q_log_var, p_mean, p_log_var):
    d = q_mean.shape[-1]
    x = keras.Input((2 * d,))
    encoder = keras.Model(x, [x[:, :d], x[:, d:]])
    decoder = keras.Sequential([keras.Input((d,)), keras.layers.Dense(1)])
    vae = VAE(encoder, decoder)
    return vae(np.concatenate([q_mean - p_mean, q_log_var], axis=1).astype("float32"))["kl"]
