"""The convolutional VAE of an earlier edition of TensorFlow's tutorial, trained as it trains.

tensorflow.org/tutorials/generative/cvae: a hand-written step in a `tf.function`, Adam at 1e-4,
batches of 100, threshold binarization, the bound estimated with one draw. Run as a script, it
trains to the end and prints the test ELBO and the processor seconds of every epoch.
"""

import sys

import keras
import tensorflow as tf

from experiments.clock import processor_seconds
from vaelib import data
from vaelib.losses import bernoulli_nll, log_normal_pdf
from vaelib.models import build_tutorial_vae
from vaelib.training import set_seed

LATENT_DIM, LEARNING_RATE, BATCH, EPOCHS = 50, 1e-4, 100, 100


def batches(x, seed=None):
    """The images in batches, shuffled anew in every epoch if there is a seed."""
    dataset = tf.data.Dataset.from_tensor_slices(x)
    return (dataset if seed is None else dataset.shuffle(len(x), seed)).batch(BATCH)


def one_draw_loss(encoder, decoder, x):
    """Minus the bound estimated with one draw of each code, averaged over the batch."""
    z_mean, z_log_var = encoder(x)
    z = z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal(tf.shape(z_mean))
    log_q = log_normal_pdf(z, z_mean, z_log_var)
    return tf.reduce_mean(
        bernoulli_nll(x, decoder(z)) - log_normal_pdf(z, tf.zeros_like(z), 0.0) + log_q
    )


def make_steps(encoder, decoder, optimizer):
    """A compiled step of training, and the compiled loss of a batch."""
    weights = encoder.trainable_weights + decoder.trainable_weights
    optimizer.build(weights)

    @tf.function
    def train_step(x):
        with tf.GradientTape() as tape:
            loss = one_draw_loss(encoder, decoder, x)
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))

    @tf.function
    def loss_of_batch(x):
        return one_draw_loss(encoder, decoder, x)

    return train_step, loss_of_batch


def train(x_train, x_test, epochs, seed):
    """The tutorial's training loop; yields the test ELBO and the processor seconds of an epoch."""
    set_seed(seed)
    encoder, decoder = build_tutorial_vae(LATENT_DIM)
    train_step, loss_of_batch = make_steps(encoder, decoder, keras.optimizers.Adam(LEARNING_RATE))
    train_batches, test_batches = batches(x_train, seed), batches(x_test)
    for _ in range(epochs):
        start = processor_seconds()
        for x in train_batches:
            train_step(x)
        spent = processor_seconds() - start
        losses = [float(loss_of_batch(x)) for x in test_batches]
        yield -sum(losses) / len(losses), spent


if __name__ == "__main__":
    mnist = data.load_mnist()
    x_train, x_test = (data.binarize(x, "threshold", 0) for x in (mnist.x_train, mnist.x_test))
    epochs = int(sys.argv[1]) if len(sys.argv) > 1 else EPOCHS
    for epoch, (elbo, spent) in enumerate(train(x_train, x_test, epochs, seed=0), start=1):
        print(f"{epoch},{elbo:.3f},{spent:.2f}", flush=True)
