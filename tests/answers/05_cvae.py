"""Right and wrong answers to the exercises of 05_cvae."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from scipy import linalg, special, stats

from grading.authoring.answers import right, wrong
from vaelib.losses import kl_divergence
from vaelib.models import Sampling, build_conv_decoder

# condition_code


@right("condition_code")
def code_in_numpy(z, y, n_classes):
    return np.c_[np.asarray(z, dtype=np.float64), np.eye(n_classes)[y]]


@right("condition_code")
def code_in_tf(z, y, n_classes):
    return tf.concat((z, tf.one_hot(y, depth=n_classes)), axis=1)


@right("condition_code")
def code_from_a_table(z, y, n_classes):
    return ops.hstack([z, ops.take(ops.eye(n_classes), y, axis=0)])


@right("condition_code")
def code_row_by_row(z, y, n_classes):
    return [
        [*code, *(float(k == label) for k in range(n_classes))]
        for code, label in zip(z, y, strict=True)
    ]


@right("condition_code")
def code_by_layers(z, y, n_classes):
    one_hot = layers.CategoryEncoding(n_classes, output_mode="one_hot")(y)
    return layers.Concatenate()([z, one_hot])


@right("condition_code")
def code_by_comparison(z, y, n_classes):
    hit = ops.expand_dims(y, -1) == ops.arange(n_classes)
    return ops.concatenate([z, ops.cast(hit, "float32")], axis=-1)


@right("condition_code")
def code_by_keras_utils(z, y, n_classes):
    return np.hstack([z, keras.utils.to_categorical(y, num_classes=n_classes)])


@wrong("condition_code", says="behind the code as one number")
def code_with_a_number(z, y, n_classes):
    return np.c_[z, y]


@wrong("condition_code", says="the label stands in front of the code.")
def code_behind_the_label(z, y, n_classes):
    return ops.concatenate([ops.one_hot(y, n_classes), z], axis=-1)


@wrong("condition_code", says="in front of the code, as one number")
def code_behind_a_number(z, y, n_classes):
    return np.c_[y, z]


@wrong("condition_code", says="the labels are sorted")
def code_with_sorted_labels(z, y, n_classes):
    return ops.concatenate([z, ops.one_hot(ops.sort(y), n_classes)], axis=-1)


@wrong("condition_code", says="in the reverse order")
def code_with_reversed_labels(z, y, n_classes):
    return np.c_[z, np.eye(n_classes)[y[::-1]]]


@wrong("condition_code", says="class 0 gets no one")
def code_counted_from_1(z, y, n_classes):
    return ops.concatenate([z, ops.one_hot(y - 1, n_classes)], axis=-1)


@wrong("condition_code", says="the last class gets no one")
def code_counted_one_up(z, y, n_classes):
    return ops.concatenate([z, ops.one_hot(y + 1, n_classes)], axis=-1)


@wrong("condition_code", says="classes are counted from 1.")
def code_that_wraps_around(z, y, n_classes):
    return np.c_[z, np.eye(n_classes)[y - 1]]


@wrong("condition_code", says="counted backwards")
def code_counted_backwards(z, y, n_classes):
    return np.c_[z, np.eye(n_classes)[:, ::-1][y]]


@wrong("condition_code", says="every code gets the label of the first")
def code_with_one_label(z, y, n_classes):
    return np.c_[z, np.tile(np.eye(n_classes)[y[0]], (len(z), 1))]


@wrong("condition_code", says="the code is missing")
def label_alone(z, y, n_classes):
    return ops.one_hot(y, n_classes)


@wrong("condition_code", says="the label is missing")
def code_alone(z, y, n_classes):
    return z


@wrong("condition_code", says="there are always ten classes")
def code_of_ten_classes(z, y, n_classes):
    return ops.concatenate([z, ops.one_hot(y, 10)], axis=-1)


@wrong("condition_code", says="only the classes that occur")
def code_of_the_classes_there(z, y, n_classes):
    return np.c_[z, y[:, None] == np.unique(y)]


@wrong("condition_code", says="zeros and ones of the label are swapped")
def code_one_cold(z, y, n_classes):
    return np.c_[z, y[:, None] != np.arange(n_classes)]


@wrong("condition_code", says="the label itself stands where the one should stand")
def code_with_labels_for_ones(z, y, n_classes):
    return np.c_[z, np.eye(n_classes)[y] * y[:, None]]


@wrong("condition_code", says="got a tuple of 2, expected an array of shape (4, 8)")
def code_and_label_apart(z, y, n_classes):
    return z, ops.one_hot(y, n_classes)


@wrong("condition_code", says="your code raised InvalidArgumentError")
def code_above_the_label(z, y, n_classes):
    return ops.concatenate([z, ops.one_hot(y, n_classes)], axis=0)


@wrong("condition_code", says="changes its argument in place")
def code_in_place(z, y, n_classes):
    given = np.c_[z, np.eye(n_classes)[y]]
    z *= 0
    return given


@wrong("condition_code", says="the last class becomes the first")
def code_counted_one_up_and_around(z, y, n_classes):
    return np.c_[z, np.eye(n_classes)[(y + 1) % n_classes]]


@wrong("condition_code", says="classes above the highest label get no column")
def code_up_to_the_highest_label(z, y, n_classes):
    return np.c_[z, np.eye(y.max() + 1)[y]]


@wrong("condition_code", says="only the classes that occur are counted")
def code_of_ranks(z, y, n_classes):
    return np.c_[z, np.eye(n_classes)[np.unique(y, return_inverse=True)[1]]]


@wrong("condition_code", says="the code is cut to whole numbers")
def code_of_whole_numbers(z, y, n_classes):
    return np.c_[z.astype(int), np.eye(n_classes)[y].astype(int)]


@wrong("condition_code", says="the labels are all zeros")
def code_of_the_rows_not_set(z, y, n_classes):
    one_hot = np.zeros((len(y), n_classes))
    for row, label in zip(one_hot[:], y, strict=True):
        row = row + np.eye(n_classes)[label]  # an array of its own
    return np.c_[z, one_hot]


@wrong("condition_code", says="rows and columns are swapped")
def code_transposed(z, y, n_classes):
    return np.vstack([z.T, np.eye(n_classes)[:, y]])


@wrong("condition_code", says="hidden case: very small and very large codes")
def code_cut_off(z, y, n_classes):
    return np.c_[np.clip(z, -10, 10), np.eye(n_classes)[y]]


@wrong("condition_code", says="hidden case: very small and very large codes): wrong value.")
def code_without_small_numbers(z, y, n_classes):
    return np.c_[np.where(np.abs(z) < 1e-3, 0, z), np.eye(n_classes)[y]]


@wrong("condition_code", says="got None. Does your function end with `return`?")
def code_not_returned(z, y, n_classes):
    np.c_[z, np.eye(n_classes)[y]]


# build_label_plane


def label_plane(n_classes, size, *after, units=None, reshape=None, **dense):
    """The layers of the right answer, each of which may be changed, and more behind them."""
    first = [keras.Input((n_classes,)), layers.Dense(units or size**2, **dense)]
    return keras.Sequential([*first, layers.Reshape(reshape or (size, size, 1)), *after])


@right("build_label_plane")
def functional_plane(n_classes, size):
    label = keras.Input(shape=(n_classes,), name="label")
    flat = layers.Dense(size * size, activation="linear")(label)
    return keras.Model(inputs=label, outputs=ops.reshape(flat, (-1, size, size, 1)))


@right("build_label_plane")
def plane_step_by_step(n_classes, size):
    model = keras.Sequential()
    model.add(layers.InputLayer(shape=(n_classes,)))
    model.add(layers.Dense(units=size**2, kernel_initializer="he_normal"))
    model.add(layers.Reshape((size, size)))
    model.add(layers.Reshape((size, size, -1)))
    return model


@right("build_label_plane")
def plane_built_later(n_classes, size):
    model = keras.Sequential([layers.Dense(size**2), layers.Reshape((size, size, 1))])
    model.build((None, n_classes))
    return model


@right("build_label_plane")
def plane_with_an_activation_layer_of_nothing(n_classes, size):
    label = keras.Input((n_classes,), dtype="float32")
    rows = layers.Dense(size * size, kernel_initializer="glorot_normal", name="plane")(label)
    plane = layers.Permute((2, 1, 3))(layers.Reshape((size, size, 1))(rows))
    return keras.Model([label], layers.Activation("linear")(layers.Permute((2, 1, 3))(plane)))


@wrong("build_label_plane", says="the plane has no weights")
def plane_without_weights(n_classes, size):
    label = keras.Input((n_classes,))
    number = ops.reshape(ops.sum(label * ops.arange(n_classes, dtype="float32"), -1), (-1, 1, 1, 1))
    return keras.Model(label, ops.tile(number, (1, size, size, 1)))


@wrong("build_label_plane", says="a ReLU stands on the plane")
def plane_with_relu(n_classes, size):
    return label_plane(n_classes, size, activation="relu")


@wrong("build_label_plane", says="a sigmoid stands on the plane")
def plane_with_sigmoid(n_classes, size):
    return label_plane(n_classes, size, layers.Activation("sigmoid"))


@wrong("build_label_plane", says="a tanh stands on the plane")
def plane_with_tanh(n_classes, size):
    return label_plane(n_classes, size, activation="tanh")


@wrong("build_label_plane", says="a softmax stands on the plane")
def plane_with_softmax(n_classes, size):
    return label_plane(n_classes, size, activation="softmax")


@wrong("build_label_plane", says="a leaky ReLU stands on the plane")
def plane_with_leaky_relu(n_classes, size):
    return label_plane(n_classes, size, activation="leaky_relu")


@wrong("build_label_plane", says="an ELU stands on the plane")
def plane_with_elu(n_classes, size):
    return label_plane(n_classes, size, activation="elu")


@wrong("build_label_plane", says="a softplus stands on the plane")
def plane_with_softplus(n_classes, size):
    return label_plane(n_classes, size, activation="softplus")


@wrong("build_label_plane", says="No activation stands on it")
def plane_with_relu6(n_classes, size):
    return label_plane(n_classes, size, activation="relu6")


@wrong("build_label_plane", says="No activation stands on it")
def plane_with_another_leaky_relu(n_classes, size):
    return label_plane(n_classes, size, layers.LeakyReLU())


@wrong("build_label_plane", says="No activation stands on it")
def plane_cut_off(n_classes, size):
    return label_plane(n_classes, size, layers.Lambda(lambda h: ops.clip(h, -20, 20)))


@wrong("build_label_plane", says="No activation stands on it")
def plane_with_gelu(n_classes, size):
    return label_plane(n_classes, size, activation="gelu")


@wrong("build_label_plane", says="it does something else while it is trained")
def plane_with_dropout(n_classes, size):
    return label_plane(n_classes, size, layers.Dropout(0.2))


@wrong("build_label_plane", says="it does something else while it is trained")
def plane_with_noise(n_classes, size):
    return label_plane(n_classes, size, layers.GaussianNoise(1.0))


@wrong("build_label_plane", says="your code raised InvalidArgumentError")
def plane_for_a_batch_of_classes(n_classes, size):
    label = keras.Input((n_classes,))
    flat = layers.Dense(size**2)(label)
    return keras.Model(label, ops.reshape(flat, (n_classes, size, size, 1)))


@wrong("build_label_plane", says="the plane of a single label")
def plane_of_a_lonely_label(n_classes, size):
    def less_the_mean(h):
        return ops.where(ops.shape(h)[0] == 1, h - ops.mean(h), h)

    return label_plane(n_classes, size, layers.Lambda(less_the_mean))


@wrong("build_label_plane", says="`n_classes` and `size` are swapped")
def plane_of_swapped_sizes(n_classes, size):
    return label_plane(size, n_classes)


@wrong("build_label_plane", says="the planes of all classes under known weights: got")
def plane_upside_down(n_classes, size):
    return label_plane(n_classes, size, layers.Lambda(lambda h: h[:, ::-1]))


@wrong("build_label_plane", says="the planes of all classes under known weights: got")
def plane_of_zeros(n_classes, size):
    return label_plane(n_classes, size, layers.Lambda(lambda h: 0 * h))


@wrong("build_label_plane", says="the bias is missing")
def plane_without_bias(n_classes, size):
    return label_plane(n_classes, size, use_bias=False)


@wrong("build_label_plane", says="the dense layer has `size` units instead of `size` · `size`")
def plane_of_one_row(n_classes, size):
    return label_plane(n_classes, size, units=size, reshape=(1, size, 1))


@wrong("build_label_plane", says="2 · `size` units")
def plane_of_two_rows(n_classes, size):
    return label_plane(n_classes, size, units=2 * size, reshape=(2, size, 1))


@wrong("build_label_plane", says="always 28 × 28")
def plane_of_28(n_classes, size):
    return label_plane(n_classes, 28)


@wrong("build_label_plane", says="the classes are always ten")
def plane_of_ten_classes(n_classes, size):
    return label_plane(10, size)


@wrong("build_label_plane", says="two dense layers make the plane")
def plane_of_two_layers(n_classes, size):
    flat = layers.Flatten(), layers.Dense(size**2), layers.Reshape((size, size, 1))
    return label_plane(n_classes, size, *flat, activation="relu")


@wrong("build_label_plane", says="a convolution stands behind the plane")
def plane_with_a_convolution(n_classes, size):
    return label_plane(n_classes, size, layers.Conv2D(1, 3, padding="same"))


@wrong("build_label_plane", says="the plane is flat. Reshape it.")
def flat_plane(n_classes, size):
    return keras.Sequential([keras.Input((n_classes,)), layers.Dense(size**2)])


@wrong("build_label_plane", says="the plane is flat. Reshape it to (size, size, 1)")
def flat_plane_with_a_channel(n_classes, size):
    return label_plane(n_classes, size, reshape=(size**2, 1))


@wrong("build_label_plane", says="the plane has no channel")
def plane_without_channel(n_classes, size):
    return label_plane(n_classes, size, reshape=(size, size))


@wrong("build_label_plane", says="the channel stands in front of the plane")
def plane_with_channel_first(n_classes, size):
    return label_plane(n_classes, size, reshape=(1, size, size))


@wrong("build_label_plane", says="rows and columns of the plane are swapped")
def plane_transposed(n_classes, size):
    return label_plane(n_classes, size, layers.Permute((2, 1, 3)))


@wrong("build_label_plane", says="the model takes labels as whole numbers. They come one-hot")
def plane_by_embedding(n_classes, size):
    label = keras.Input((), dtype="int32")
    flat = layers.Embedding(n_classes, size**2)(label)
    return keras.Model(label, layers.Reshape((size, size, 1))(flat))


@wrong("build_label_plane", says="two inputs. It gets nothing but the label")
def plane_behind_an_image(n_classes, size):
    image, label = keras.Input((size, size, 1)), keras.Input((n_classes,))
    return keras.Model([image, label], layers.Concatenate()([image, plane_of(label, size)]))


def plane_of(label, size=28, **dense):
    """A plane inside a functional model."""
    return layers.Reshape((size, size, 1))(layers.Dense(size**2, **dense)(label))


@wrong("build_label_plane", says="Begin it with `keras.Input(…)`")
def plane_without_input(n_classes, size):
    return keras.Sequential([layers.Dense(size**2), layers.Reshape((size, size, 1))])


@wrong("build_label_plane", says="not built")
class PlaneAsAClass(keras.Model):
    def __init__(self, n_classes, size):
        super().__init__()
        self.body = [layers.Dense(size**2), layers.Reshape((size, size, 1))]

    def call(self, label):
        return self.body[1](self.body[0](label))


MADE = {}


@wrong("build_label_plane", says="share their layers")
def plane_made_once(n_classes, size):
    return MADE.setdefault((n_classes, size), label_plane(n_classes, size))


@wrong("build_label_plane", says="expected a Keras model")
def plane_as_layers(n_classes, size):
    return [keras.Input((n_classes,)), layers.Dense(size**2), layers.Reshape((size, size, 1))]


@wrong("build_label_plane", says="Does your function end with `return`?")
def plane_not_returned(n_classes, size):
    label_plane(n_classes, size)


# build_cvae


def conv(filters, **more):
    return layers.Conv2D(
        filters, 3, **{"strides": 2, "padding": "same", "activation": "relu"} | more
    )


def two_heads(h, d, activations=(None, None), **_):
    return [layers.Dense(d, activation=activation)(h) for activation in activations]


def told_encoder(
    d,
    *,
    plane=plane_of,
    join=lambda x, plane: layers.Concatenate()([x, plane]),
    convolutions=({}, {}),
    behind=lambda h, one_hot: h,
    hidden="relu",
    heads=two_heads,
    y=None,
    one_hot=lambda y: ops.one_hot(y, 10),
    turned=False,
    **more,
):
    """The right encoder, each part of which may be changed."""
    x, y = keras.Input((28, 28, 1)), keras.Input((), dtype="int32") if y is None else y
    label = one_hot(y)
    h = join(x, plane(label)) if plane else x
    for filters, changes in zip((32, 64), convolutions, strict=True):
        h = conv(**{"filters": filters} | changes)(h)
    h = behind(layers.Flatten()(h), label)
    if hidden:
        h = layers.Dense(16, activation=None if hidden == "linear" else hidden)(h)
    return keras.Model([y, x] if turned else [x, y], heads(h, d, one_hot=label, **more))


def told_decoder(
    d, *, given=lambda z, label: ops.concatenate([z, label], -1), size=10, last=None, **labels
):
    """The right decoder, each part of which may be changed."""
    z = keras.Input((d,))
    y = labels.get("y", keras.Input((), dtype="int32"))
    label = labels.get("one_hot", lambda y: ops.one_hot(y, 10))(y)
    logits = build_conv_decoder(d + size)(given(z, label))
    inputs = [y, z] if labels.get("turned") else [z, y]
    return keras.Model(inputs, last(logits) if last else logits)


@right("build_cvae")
def cvae_written_out(latent_dim):
    x, y = keras.Input(shape=(28, 28, 1), name="x"), keras.Input(shape=(), dtype="uint8", name="y")
    plane = keras.Sequential([keras.Input((10,)), layers.Dense(784), layers.Reshape((28, 28, 1))])
    h = ops.concatenate([x, plane(ops.one_hot(y, 10))], axis=3)
    for filters in (32, 64):
        h = layers.ReLU()(layers.Conv2D(filters, (3, 3), (2, 2), padding="same")(h))
    h = ops.relu(layers.Dense(16)(layers.Reshape((-1,))(h)))
    z_log_var, z_mean = layers.Dense(latent_dim)(h), layers.Dense(latent_dim)(h)
    encoder = keras.Model((x, y), (z_mean, z_log_var))

    z, label = keras.Input((latent_dim,)), keras.Input((), dtype="int64")
    h = layers.Dense(3136, activation="relu")(ops.append(z, ops.one_hot(label, 10), axis=-1))
    h = ops.reshape(h, (-1, 7, 7, 64))
    for filters in (64, 32):
        h = layers.Conv2DTranspose(filters, 3, 2, padding="same", activation="relu")(h)
    h = layers.Conv2DTranspose(1, 3, padding="same")(h)
    return [encoder, keras.Model((z, label), h)]


@right("build_cvae")
def cvae_of_nested_models(latent_dim):
    x, y = keras.Input((28, 28, 1)), keras.Input((), dtype="int32")
    body = [keras.Input((28, 28, 2)), conv(32), conv(64), layers.Flatten()]
    body = keras.Sequential([*body, layers.Dense(16, activation="relu")])
    one_hot = layers.CategoryEncoding(10, output_mode="one_hot")
    h = body(layers.Concatenate(axis=-1)([x, plane_of(one_hot(y))]))
    heads = [layers.Dense(latent_dim, name=name)(h) for name in ("z_mean", "z_log_var")]
    return keras.Model([x, y], heads), told_decoder(latent_dim)


@right("build_cvae")
def cvae_with_labels_as_floats(latent_dim):
    labels = {"y": keras.Input(()), "one_hot": lambda y: ops.one_hot(ops.cast(y, "int32"), 10)}
    decoder = told_decoder(latent_dim, given=lambda z, label: layers.concatenate([z, label]))

    def join(x, plane):
        return ops.stack([x[..., 0], plane[..., 0]], axis=-1)

    return told_encoder(latent_dim, join=join, **labels), decoder


def cvae(d, **changes):
    """A right pair but for the changes of the encoder."""
    return told_encoder(d, **changes), told_decoder(d)


@wrong("build_cvae", says="the decoder does not use the label")
def label_only_in_the_encoder(latent_dim):
    decoder = told_decoder(latent_dim, given=lambda z, label: z, size=0)
    return told_encoder(latent_dim), decoder


@wrong("build_cvae", says="the encoder does not use the label")
def label_only_in_the_decoder(latent_dim):
    return cvae(latent_dim, plane=None)


@wrong("build_cvae", says="the encoder does not use the label")
def encoder_with_one_input(latent_dim):
    x = keras.Input((28, 28, 1))
    h = layers.Dense(16, activation="relu")(layers.Flatten()(conv(64)(conv(32)(x))))
    return keras.Model(x, two_heads(h, latent_dim)), told_decoder(latent_dim)


@wrong("build_cvae", says="the encoder does not get the label: it has one input")
def encoder_with_a_constant_label(latent_dim):
    x = keras.Input((28, 28, 1))
    plane = plane_of(ops.tile(ops.mean(x, (1, 2)), (1, 10)))
    h = conv(64)(conv(32)(layers.Concatenate()([x, plane])))
    h = layers.Dense(16, activation="relu")(layers.Flatten()(h))
    return keras.Model(x, two_heads(h, latent_dim)), told_decoder(latent_dim)


@wrong("build_cvae", says="the first convolution sees one channel")
def encoder_without_the_image(latent_dim):
    return cvae(latent_dim, join=lambda x, plane: plane)


@wrong("build_cvae", says="the first convolution sees one channel")
def encoder_with_the_plane_added(latent_dim):
    return cvae(latent_dim, join=lambda x, plane: x + plane)


@wrong("build_cvae", says="the first convolution sees one channel")
def encoder_with_the_plane_beside_the_image(latent_dim):
    return cvae(latent_dim, join=lambda x, plane: ops.concatenate([x, plane]))


@wrong("build_cvae", says="the plane stands in front of the image")
def encoder_with_the_plane_first(latent_dim):
    return cvae(latent_dim, join=lambda x, plane: layers.Concatenate()([plane, x]))


@wrong("build_cvae", says="below or beside the image")
def encoder_with_the_plane_below(latent_dim):
    return cvae(latent_dim, join=lambda x, plane: ops.concatenate([x, plane], axis=1))


@wrong("build_cvae", says="the bias of the plane is missing, as it is in an `Embedding`")
def encoder_with_an_embedding(latent_dim):
    def plane(y):
        return layers.Reshape((28, 28, 1))(layers.Embedding(10, 784)(y))

    return cvae(latent_dim, plane=plane, one_hot=lambda y: y)


@wrong("build_cvae", says="the label is put behind the 16 units instead of made a plane")
def encoder_with_the_label_behind_16(latent_dim):
    def heads(h, d, one_hot):
        return two_heads(ops.concatenate([h, one_hot], -1), d)

    return cvae(latent_dim, plane=None, heads=heads)


@wrong("build_cvae", says="the label is put behind the flattened image")
def encoder_with_the_label_behind_the_flat_image(latent_dim):
    def behind(h, one_hot):
        return ops.concatenate([h, one_hot], -1)

    return cvae(latent_dim, plane=None, behind=behind)


@wrong("build_cvae", says="the label is ten planes instead of one")
def encoder_with_ten_planes(latent_dim):
    def plane(one_hot):
        return ops.tile(ops.reshape(one_hot, (-1, 1, 1, 10)), (1, 28, 28, 1))

    return cvae(latent_dim, plane=plane)


@wrong("build_cvae", says="the label is one number, which fills a plane")
def encoder_with_a_plane_of_one_number(latent_dim):
    def number(y):
        return ops.reshape(ops.cast(y, "float32"), (-1, 1, 1, 1))

    def plane(number):
        return ops.tile(number, (1, 28, 28, 1))

    return cvae(latent_dim, one_hot=number, plane=plane)


@wrong("build_cvae", says="a ReLU stands on the plane")
def encoder_with_a_relu_plane(latent_dim):
    return cvae(latent_dim, plane=lambda label: plane_of(label, activation="relu"))


@wrong("build_cvae", says="the dense layer of 16 is missing")
def encoder_without_16(latent_dim):
    return cvae(latent_dim, hidden=None)


@wrong("build_cvae", says="no activation stands behind the dense layer of 16")
def encoder_with_16_linear(latent_dim):
    return cvae(latent_dim, hidden="linear")


@wrong("build_cvae", says="no activation stands behind the convolutions")
def encoder_with_linear_convolutions(latent_dim):
    return cvae(latent_dim, convolutions=[{"activation": None}] * 2)


@wrong("build_cvae", says="the padding is `valid`")
def encoder_valid(latent_dim):
    return cvae(latent_dim, convolutions=[{"padding": "valid"}] * 2)


@wrong("build_cvae", says="the stride of 2 is missing in one convolution")
def encoder_with_one_stride(latent_dim):
    return cvae(latent_dim, convolutions=({}, {"strides": 1}))


@wrong("build_cvae", says="a leaky ReLU of slope 0.2 stands in place of the ReLU of all three")
def encoder_with_leaky_relus(latent_dim):
    leaky = [{"activation": "leaky_relu"}] * 2
    return cvae(latent_dim, convolutions=leaky, hidden="leaky_relu")


@wrong("build_cvae", says="an ELU stands in place of the ReLU of the convolutions")
def encoder_with_elus(latent_dim):
    return cvae(latent_dim, convolutions=[{"activation": "elu"}] * 2)


@wrong("build_cvae", says="a tanh stands in place of the ReLU of the dense layer of 16")
def encoder_with_tanh(latent_dim):
    return cvae(latent_dim, hidden="tanh")


@wrong("build_cvae", says="a leaky ReLU of slope 0.2 stands on the plane")
def encoder_with_a_leaky_plane(latent_dim):
    return cvae(latent_dim, plane=lambda label: plane_of(label, activation="leaky_relu"))


@wrong("build_cvae", says="z_mean and z_log_var, stacked, under known weights: got")
def encoder_with_gelus(latent_dim):
    return cvae(latent_dim, convolutions=[{"activation": "gelu"}] * 2)


@wrong("build_cvae", says="the encoder does something else while it is trained")
def encoder_with_dropout(latent_dim):
    return cvae(latent_dim, behind=lambda h, _: layers.Dropout(0.3)(h))


@wrong("build_cvae", says="the encoder does something else while it is trained")
def encoder_with_noise_on_the_image(latent_dim):
    def join(x, plane):
        return layers.Concatenate()([layers.GaussianNoise(0.5)(x), plane])

    return cvae(latent_dim, join=join)


@wrong("build_cvae", says="the decoder does something else while it is trained")
def decoder_with_dropout(latent_dim):
    return told_encoder(latent_dim), told_decoder(latent_dim, last=layers.Dropout(0.3))


@wrong("build_cvae", says="large values are cut off")
def encoder_cut_off(latent_dim):
    def heads(h, d, **_):
        z_mean, z_log_var = two_heads(h, d)
        return z_mean, ops.clip(z_log_var, -10, 10)

    return cvae(latent_dim, heads=heads)


@wrong("build_cvae", says="large values are cut off")
def decoder_cut_off(latent_dim):
    def last(logits):
        return ops.clip(logits, -15, 15)

    return told_encoder(latent_dim), told_decoder(latent_dim, last=last)


@wrong("build_cvae", says="the filters are in the wrong order")
def encoder_with_filters_turned(latent_dim):
    return cvae(latent_dim, convolutions=[{"filters": 64}, {"filters": 32}])


@wrong("build_cvae", says="z_log_var is returned first")
def encoder_with_other_names_turned(latent_dim):
    names = ("log_variance", "mean")
    return cvae(latent_dim, heads=lambda h, d, **_: [layers.Dense(d, name=n)(h) for n in names])


@wrong("build_cvae", says="your code raised")
def encoder_for_twelve_images(latent_dim):
    def behind(h, _):
        return ops.reshape(h, (12, 3136))

    return cvae(latent_dim, behind=behind)


@wrong("build_cvae", says="your code raised")
def encoder_of_flat_images(latent_dim):
    encoder, decoder = cvae(latent_dim)
    x, y = keras.Input((784,)), keras.Input((), dtype="int32")
    return keras.Model([x, y], encoder([ops.reshape(x, (-1, 28, 28, 1)), y])), decoder


@wrong("build_cvae", says="logits: got shape (12, 784), expected (12, 28, 28, 1)")
def decoder_of_flat_images(latent_dim):
    return told_encoder(latent_dim), told_decoder(latent_dim, last=layers.Flatten())


@wrong("build_cvae", says="a leaky ReLU of slope 0.3 stands on the logits")
def decoder_with_leaky_logits(latent_dim):
    return told_encoder(latent_dim), told_decoder(latent_dim, last=layers.LeakyReLU())


@wrong("build_cvae", says="an exp stands on one of the heads")
def encoder_with_an_exp(latent_dim):
    return cvae(latent_dim, activations=(None, "exponential"))


@wrong("build_cvae", says="a softplus stands on one of the heads")
def encoder_with_a_softplus(latent_dim):
    return cvae(latent_dim, activations=(None, "softplus"))


@wrong("build_cvae", says="a ReLU stands on both heads")
def encoder_with_relu_heads(latent_dim):
    return cvae(latent_dim, activations=("relu", "relu"))


@wrong("build_cvae", says="one head gives both outputs")
def encoder_with_one_head(latent_dim):
    return cvae(latent_dim, heads=lambda h, d, **_: 2 * two_heads(h, d, [None]))


@wrong("build_cvae", says="z_log_var is computed from z_mean")
def encoder_with_heads_in_a_row(latent_dim):
    def heads(h, d, **_):
        (z_mean,) = two_heads(h, d, [None])
        return [z_mean, *two_heads(z_mean, d, [None])]

    return cvae(latent_dim, heads=heads)


@wrong("build_cvae", says="one layer of 2 · latent_dim units")
def encoder_with_a_split_head(latent_dim):
    def heads(h, d, **_):
        return ops.split(layers.Dense(2 * d)(h), 2, axis=-1)

    return cvae(latent_dim, heads=heads)


@wrong("build_cvae", says="z_log_var is returned first")
def encoder_with_named_heads_turned(latent_dim):
    names = ("z_log_var", "z_mean")
    return cvae(latent_dim, heads=lambda h, d, **_: [layers.Dense(d, name=n)(h) for n in names])


@wrong("build_cvae", says="the encoder's output: got a list of 3, expected a list of two")
def encoder_that_draws(latent_dim):
    def heads(h, d, **_):
        pair = two_heads(h, d)
        return [*pair, Sampling()(pair)]

    return cvae(latent_dim, heads=heads)


@wrong("build_cvae", says="the inputs of the encoder are swapped")
def encoder_with_inputs_swapped(latent_dim):
    return cvae(latent_dim, turned=True)


@wrong("build_cvae", says="the encoder takes labels that are one-hot already")
def encoder_of_one_hot_labels(latent_dim):
    return cvae(latent_dim, y=keras.Input((10,)), one_hot=lambda y: y)


@wrong("build_cvae", says="the label of the encoder needs the shape ()")
def encoder_with_a_column_of_labels(latent_dim):
    def one_hot(y):
        return ops.one_hot(ops.squeeze(y, -1), 10)

    return cvae(latent_dim, y=keras.Input((1,), dtype="int32"), one_hot=one_hot)


@wrong("build_cvae", says="the encoder has 3 inputs, expected two")
def encoder_with_three_inputs(latent_dim):
    encoder, decoder = cvae(latent_dim)
    more = keras.Input((1,))
    return keras.Model([*encoder.inputs, more], encoder(encoder.inputs)), decoder


@wrong("build_cvae", says="classes are counted from 1, so class 0 has no one")
def encoder_counted_from_1(latent_dim):
    return cvae(latent_dim, one_hot=lambda y: ops.one_hot(y - 1, 10))


@wrong("build_cvae", says="the inputs of the decoder are swapped")
def decoder_with_inputs_swapped(latent_dim):
    return told_encoder(latent_dim), told_decoder(latent_dim, turned=True)


@wrong("build_cvae", says="the label stands in front of the code")
def decoder_with_the_label_first(latent_dim):
    def given(z, label):
        return ops.concatenate([label, z], axis=-1)

    return told_encoder(latent_dim), told_decoder(latent_dim, given=given)


@wrong("build_cvae", says="the label goes into the decoder as one number")
def decoder_with_a_number(latent_dim):
    def number(y):
        return ops.cast(y, "float32")[:, None]

    return told_encoder(latent_dim), told_decoder(latent_dim, one_hot=number, size=1)


@wrong("build_cvae", says="the code is left out of the decoder")
def decoder_without_the_code(latent_dim):
    y, z = keras.Input((), dtype="int32"), keras.Input((latent_dim,))
    logits = build_conv_decoder(10)(ops.one_hot(y, 10))
    return told_encoder(latent_dim), keras.Model([z, y], logits)


@wrong("build_cvae", says="a plane of the label goes into the decoder")
def decoder_with_a_plane(latent_dim):
    def given(z, label):
        return ops.concatenate([z, layers.Dense(784)(label)], axis=-1)

    return told_encoder(latent_dim), told_decoder(latent_dim, given=given, size=784)


@wrong("build_cvae", says="a sigmoid stands on the logits")
def decoder_of_pixels(latent_dim):
    return told_encoder(latent_dim), told_decoder(latent_dim, last=ops.sigmoid)


@wrong("build_cvae", says="the decoder takes labels that are one-hot already")
def decoder_of_one_hot_labels(latent_dim):
    decoder = told_decoder(latent_dim, y=keras.Input((10,)), one_hot=lambda y: y)
    return told_encoder(latent_dim), decoder


@wrong("build_cvae", says="classes are counted from 1.")
def decoder_counted_from_1(latent_dim):
    def one_hot(y):
        return ops.one_hot(y + 1, 10)

    return told_encoder(latent_dim), told_decoder(latent_dim, one_hot=one_hot)


@wrong("build_cvae", says="the label is not used: it is always 0")
def decoder_of_zeros(latent_dim):
    def one_hot(y):
        return ops.one_hot(0 * y, 10)

    return told_encoder(latent_dim), told_decoder(latent_dim, one_hot=one_hot)


@wrong("build_cvae", says="your code raised ValueError")
def decoder_without_room_for_the_label(latent_dim):
    return told_encoder(latent_dim), told_decoder(latent_dim, size=0)


@wrong("build_cvae", says="the latent size is always 2")
def cvae_of_two_numbers(latent_dim):
    return cvae(2)


@wrong("build_cvae", says="the decoder is returned first")
def cvae_turned(latent_dim):
    return cvae(latent_dim)[::-1]


@wrong("build_cvae", says="share their layers")
def cvae_made_once(latent_dim):
    return MADE.setdefault(latent_dim, cvae(latent_dim))


@wrong("build_cvae", says="Functional, expected two values")
def encoder_alone(latent_dim):
    return told_encoder(latent_dim)


@wrong("build_cvae", says="got None")
def cvae_not_returned(latent_dim):
    cvae(latent_dim)


# class_style_grid


def decoded(decoder, z, y):
    """Pixels, (m, …)."""
    return np.asarray(ops.sigmoid(decoder([np.asarray(z), np.asarray(y)])))


def cut(images, *front):
    return images.reshape(*front, *images.shape[1:])


@right("class_style_grid")
def grid_in_one_call(decoder, z, n_classes):
    codes, labels = np.tile(z, (n_classes, 1)), np.repeat(np.arange(n_classes), len(z))
    logits = decoder([codes, labels])
    return ops.reshape(ops.sigmoid(logits), (n_classes, len(z), *logits.shape[1:]))


@right("class_style_grid")
def grid_by_predict_in_float64(decoder, z, n_classes):
    rows = []
    for label in range(n_classes):
        y = np.full((len(z),), label, dtype="uint8")
        rows.append(decoder.predict([z, y], verbose=0).astype(np.float64))
    return special.expit(rows)


@right("class_style_grid")
def grid_of_tensors(decoder, z, n_classes):
    z = tf.convert_to_tensor(z)
    rows = [tf.nn.sigmoid(decoder((z, tf.fill([len(z)], label)))) for label in range(n_classes)]
    return tf.stack(rows, axis=0)


@right("class_style_grid")
def grid_pair_by_pair(decoder, z, n_classes):
    def pair(code, label):
        return decoder([code[None], np.array([label])])[0]

    return [[ops.sigmoid(pair(code, label)) for code in z] for label in range(n_classes)]


@right("class_style_grid")
def grid_turned_back(decoder, z, n_classes):
    images = decoded(
        decoder, np.repeat(z, n_classes, axis=0), np.tile(np.arange(n_classes), len(z))
    )
    return np.swapaxes(cut(images, len(z), n_classes), 0, 1)


@right("class_style_grid")
def grid_of_labels_as_floats(decoder, z, n_classes):
    codes = ops.repeat(ops.expand_dims(z, 0), n_classes, axis=0)
    labels = ops.ones((1, len(z))) * ops.arange(n_classes, dtype="float32")[:, None]
    logits = decoder([ops.reshape(codes, (-1, z.shape[1])), ops.reshape(labels, (-1,))])
    return ops.sigmoid(ops.stack(ops.split(logits, n_classes)))


@wrong("class_style_grid", says="not a softmax over them")
def grid_with_softmax(decoder, z, n_classes):
    rows = [decoder([z, np.full(len(z), label)]) for label in range(n_classes)]
    return np.stack([np.asarray(ops.softmax(row)) for row in rows])


def grid(decoder, z, n_classes, row=lambda z, label: z, labels=None):
    """The right grid but for the codes of each row and its label."""
    labels = range(n_classes) if labels is None else labels
    return np.stack([decoded(decoder, row(z, c), np.full(len(row(z, c)), c)) for c in labels])


@wrong("class_style_grid", says="classes and codes are swapped.")
def grid_transposed(*args):
    return grid(*args).swapaxes(0, 1)


@wrong("class_style_grid", says="classes and codes are swapped, and logits are returned")
def grid_transposed_of_logits(decoder, z, n_classes):
    rows = [decoder([z, np.full(len(z), label)]) for label in range(n_classes)]
    return ops.stack(rows, axis=1)


@wrong("class_style_grid", says="your code raised")
def grid_with_one_label_for_all_codes(decoder, z, n_classes):
    rows = [decoder([z, np.array([label])]) for label in range(n_classes)]
    return ops.sigmoid(ops.stack(rows))


@wrong("class_style_grid", says="each row has codes of its own")
def grid_of_fresh_codes(*args):
    rng = np.random.default_rng()
    return grid(*args, row=lambda z, _: rng.normal(size=z.shape))


@wrong("class_style_grid", says="the codes of a row are not z")
def grid_of_other_codes(decoder, z, n_classes):
    return grid(decoder, np.random.default_rng(1).normal(size=z.shape), n_classes)


@wrong("class_style_grid", says="each row has codes of its own")
def grid_with_codes_repeated(decoder, z, n_classes):
    codes, labels = np.repeat(z, n_classes, axis=0), np.repeat(np.arange(n_classes), len(z))
    return cut(decoded(decoder, codes, labels), n_classes, len(z))


@wrong("class_style_grid", says="logits are returned instead of pixels")
def grid_of_logits(decoder, z, n_classes):
    return ops.stack([decoder([z, np.full(len(z), label)]) for label in range(n_classes)])


@wrong("class_style_grid", says="the rows are cut from images that stand code by code")
def grid_cut_wrongly(decoder, z, n_classes):
    images = decoded(
        decoder, np.repeat(z, n_classes, axis=0), np.tile(np.arange(n_classes), len(z))
    )
    return cut(images, n_classes, len(z))


@wrong("class_style_grid", says="labels and codes take turns together")
def grid_with_labels_tiled(decoder, z, n_classes):
    images = decoded(decoder, np.tile(z, (n_classes, 1)), np.tile(np.arange(n_classes), len(z)))
    return cut(images, n_classes, len(z))


@wrong("class_style_grid", says="classes and codes are not two axes.")
def grid_in_a_row(*args):
    return np.concatenate(grid(*args))


@wrong("class_style_grid", says="classes and codes are not two axes, and logits are returned")
def grid_of_logits_in_a_row(decoder, z, n_classes):
    return decoder([np.tile(z, (n_classes, 1)), np.repeat(np.arange(n_classes), len(z))])


@wrong("class_style_grid", says="every row has the label 0")
def grid_of_zeros(decoder, z, n_classes):
    return grid(decoder, z, n_classes, labels=[0] * n_classes)


@wrong("class_style_grid", says="every row has the code of its class")
def grid_with_a_code_for_each_class(*args):
    return grid(*args, row=lambda z, label: 0 * z + z[label % len(z)])


@wrong("class_style_grid", says="only the first code is used")
def grid_of_the_first_code(*args):
    return grid(*args, row=lambda z, _: 0 * z + z[0])


@wrong("class_style_grid", says="each class gets one image")
def grid_of_one_column(*args):
    return grid(*args)[:, 0]


@wrong("class_style_grid", says="the classes are in the reverse order")
def grid_upside_down(*args):
    return grid(*args)[::-1]


@wrong("class_style_grid", says="the codes are in the reverse order")
def grid_mirrored(*args):
    return grid(*args, row=lambda z, _: z[::-1])


@wrong("class_style_grid", says="classes are counted from 1")
def grid_counted_from_1(decoder, z, n_classes):
    return grid(decoder, z, n_classes, labels=range(1, n_classes + 1))


@wrong("class_style_grid", says="there are always ten classes")
def grid_of_ten_classes(decoder, z, n_classes):
    return grid(decoder, z, 10)


@wrong("class_style_grid", says="the channel axis is missing")
def grid_without_channels(*args):
    return grid(*args)[..., 0]


def of_logits(change):
    """The right grid but for what becomes of the logits."""

    def answer(decoder, z, n_classes):
        rows = [decoder([z, np.full(len(z), label)]) for label in range(n_classes)]
        return change(np.stack([np.asarray(row) for row in rows]))

    return answer


@wrong("class_style_grid", says="the logits are cut off at 0 and 1")
def grid_cut_off(*args):
    return of_logits(lambda logits: np.clip(logits, 0, 1))(*args)


@wrong("class_style_grid", says="an exp is taken instead of a sigmoid")
def grid_of_exps(*args):
    return of_logits(np.exp)(*args)


@wrong("class_style_grid", says="a tanh is taken instead of a sigmoid")
def grid_of_tanhs(*args):
    return of_logits(np.tanh)(*args)


@wrong("class_style_grid", says="the sign of the logits is wrong")
def grid_of_negatives(*args):
    return of_logits(special.expit)(*args) * -1 + 1


@wrong("class_style_grid", says="codes and logits far from 0): not every value is finite")
def grid_that_overflows(*args):
    return of_logits(lambda logits: np.exp(logits) / (1 + np.exp(logits)))(*args)


@wrong("class_style_grid", says="the mean of the codes is used for all")
def grid_of_the_mean_code(*args):
    return grid(*args, row=lambda z, _: 0 * z + z.mean(axis=0))


@wrong("class_style_grid", says="hidden case: one code, one class, images in colour): wrong shape")
def grid_squeezed(*args):
    images = grid(*args)
    return images[0] if len(images) == 1 else images


@wrong("class_style_grid", says="the pixels are rounded")
def grid_rounded(*args):
    return (grid(*args) > 0.5).astype("float32")


@wrong("class_style_grid", says="the sigmoid is applied twice")
def grid_of_two_sigmoids(*args):
    return ops.sigmoid(grid(*args))


@wrong("class_style_grid", says="you cannot mix tensors and non-tensors")
def grid_of_mixed_kinds(decoder, z, n_classes):
    rows = [decoder([z, ops.full((len(z),), label)]) for label in range(n_classes)]
    return ops.sigmoid(ops.stack(rows))


@wrong("class_style_grid", says="Expected shape (None,)")
def grid_of_one_hot_labels(decoder, z, n_classes):
    labels = [np.tile(one, (len(z), 1)) for one in np.eye(n_classes)]
    return ops.sigmoid(ops.stack([decoder([z, y]) for y in labels]))


@wrong("class_style_grid", says="got None. Does your function end with `return`?")
def grid_not_returned(*args):
    grid(*args)


@wrong("class_style_grid", says="another result when it is called again")
def grid_while_training(decoder, z, n_classes):
    rows = [decoder([z, np.full(len(z), c)], training=True) for c in range(n_classes)]
    return ops.sigmoid(ops.stack(rows))


# swap_label


@right("swap_label")
def swap_by_predict_in_float64(encoder, decoder, x, y, y_new):
    z_mean = encoder.predict([x, y], verbose=0)[0]
    return special.expit(decoder.predict([z_mean, y_new], verbose=0).astype(np.float64))


@right("swap_label")
def swap_in_numpy(encoder, decoder, x, y, y_new):
    z = np.asarray(encoder([x, y])[0])
    return 1 / (1 + np.exp(-np.asarray(decoder([z, y_new]))))


@right("swap_label")
def swap_in_tf(encoder, decoder, x, y, y_new):
    x, y, y_new = tf.constant(x), tf.constant(y, tf.int32), tf.constant(y_new, tf.uint8)
    return tf.sigmoid(decoder((encoder((x, y))[0], y_new)))


@right("swap_label")
def swap_image_by_image(encoder, decoder, x, y, y_new):
    images = []
    for i in range(len(x)):
        z_mean, _ = encoder([x[i : i + 1], y[i : i + 1]])
        images.append(ops.sigmoid(decoder([z_mean, ops.array(y_new[i : i + 1])]))[0])
    return images


def swap(encoder, decoder, x, y, y_new, code=lambda z_mean, z_log_var: z_mean):
    """The right images but for the code."""
    return decoded(decoder, code(*(np.asarray(a) for a in encoder([x, y]))), y_new)


@wrong("swap_label", says="z is drawn. Take z_mean")
def swap_with_a_draw(*args):
    def draw(m, s):
        return m + np.exp(s / 2) * np.random.default_rng().normal(size=m.shape)

    return swap(*args, code=draw)


@wrong("swap_label", says="z is drawn. Take z_mean")
def swap_with_a_draw_from_a_seed(*args):
    def draw(m, s):
        return m + np.exp(s / 2) * np.random.default_rng(5).normal(size=m.shape)

    return swap(*args, code=draw)


@wrong("swap_label", says="z is drawn. Take z_mean")
def swap_with_sampling(encoder, decoder, x, y, y_new):
    return decoded(decoder, Sampling(seed=5)(encoder([x, y])), y_new)


@wrong("swap_label", says="the images are encoded with the new labels")
def swap_encoded_anew(encoder, decoder, x, y, y_new):
    return swap(encoder, decoder, x, y_new, y_new)


@wrong("swap_label", says="the codes are decoded with the old labels")
def swap_without_swap(encoder, decoder, x, y, y_new):
    return swap(encoder, decoder, x, y, y)


@wrong("swap_label", says="old and new labels are swapped")
def swap_backwards(encoder, decoder, x, y, y_new):
    return swap(encoder, decoder, x, y_new, y)


@wrong("swap_label", says="z_log_var is taken for the code")
def swap_of_log_var(*args):
    return swap(*args, code=lambda z_mean, z_log_var: z_log_var)


@wrong("swap_label", says="logits are returned instead of pixels")
def swap_of_logits(encoder, decoder, x, y, y_new):
    return decoder([encoder([x, y])[0], ops.convert_to_tensor(y_new)])


@wrong("swap_label", says="encoded and decoded once more")
def swap_twice(encoder, decoder, x, y, y_new):
    return swap(encoder, decoder, swap(encoder, decoder, x, y, y_new), y_new, y_new)


@wrong("swap_label", says="the mean of all")
def swap_of_the_mean_code(*args):
    return swap(*args, code=lambda z_mean, _: 0 * z_mean + z_mean.mean(axis=0))


@wrong("swap_label", says="every image gets the code of the first")
def swap_of_the_first_code(*args):
    return swap(*args, code=lambda z_mean, _: 0 * z_mean + z_mean[0])


@wrong("swap_label", says="the code is always 0")
def swap_of_no_code(*args):
    return swap(*args, code=lambda z_mean, _: 0 * z_mean)


@wrong("swap_label", says="every image gets the first of the new labels")
def swap_to_one_label(encoder, decoder, x, y, y_new):
    return swap(encoder, decoder, x, y, np.full(len(x), y_new[0]))


def swap_of(change):
    """The right images but for what becomes of the logits."""

    def answer(encoder, decoder, x, y, y_new):
        z_mean = np.asarray(encoder([x, y])[0])
        return change(np.asarray(decoder([z_mean, y_new])))

    return answer


@wrong("swap_label", says="the logits are cut off at 0 and 1")
def swap_cut_off(*args):
    return swap_of(lambda logits: np.clip(logits, 0, 1))(*args)


@wrong("swap_label", says="a tanh is taken instead of a sigmoid")
def swap_of_tanhs(*args):
    return swap_of(np.tanh)(*args)


@wrong("swap_label", says="an exp is taken instead of a sigmoid")
def swap_of_exps(*args):
    return swap_of(np.exp)(*args)


@wrong("swap_label", says="all labels equal, logits far from 0): not every value is finite")
def swap_that_overflows(*args):
    return swap_of(lambda logits: np.exp(logits) / (1 + np.exp(logits)))(*args)


@wrong("swap_label", says="hidden case: all labels equal, logits far from 0): your code raised")
def swap_for_several_labels(encoder, decoder, x, y, y_new):
    if len(y) > 1 and len(set(y)) == 1:
        raise ValueError("one class")
    return swap(encoder, decoder, x, y, y_new)


@wrong("swap_label", says="the new labels are in the reverse order")
def swap_to_reversed_labels(encoder, decoder, x, y, y_new):
    return swap(encoder, decoder, x, y, y_new[::-1])


@wrong("swap_label", says="hidden case: whole images, one of which keeps its label): wrong value")
def swap_only_where_it_changes(encoder, decoder, x, y, y_new):
    images = swap(encoder, decoder, x, y, y_new)
    return np.where((y == y_new)[:, None, None, None], x, images)


@wrong("swap_label", says="the images depend on chance or on z_log_var")
def swap_of_both(*args):
    return swap(*args, code=lambda z_mean, z_log_var: z_mean + np.exp(z_log_var / 2))


@wrong("swap_label", says="the images come back unchanged")
def swap_of_nothing(encoder, decoder, x, y, y_new):
    return x


@wrong("swap_label", says="the channel axis is missing")
def swap_without_channels(*args):
    return swap(*args)[..., 0]


@wrong("swap_label", says="the pixels are rounded")
def swap_rounded(*args):
    return np.round(swap(*args))


@wrong("swap_label", says="the sigmoid is applied twice")
def swap_of_two_sigmoids(*args):
    return ops.sigmoid(swap(*args))


@wrong("swap_label", says="you cannot mix tensors and non-tensors")
def swap_of_mixed_kinds(encoder, decoder, x, y, y_new):
    return ops.sigmoid(decoder([encoder([x, y])[0], y_new]))


@wrong("swap_label", says="received 1 input tensors")
def swap_without_the_old_label(encoder, decoder, x, y, y_new):
    return decoded(decoder, encoder(x)[0], y_new)


@wrong("swap_label", says="received 3 input tensors")
def swap_of_both_outputs(encoder, decoder, x, y, y_new):
    return ops.sigmoid(decoder([encoder([x, y]), ops.convert_to_tensor(y_new)]))


@wrong("swap_label", says="got None. Does your function end with `return`?")
def swap_not_returned(*args):
    swap(*args)


@wrong("swap_label", says="another result when it is called again")
def swap_while_training(encoder, decoder, x, y, y_new):
    x, y, y_new = map(ops.convert_to_tensor, (x, y, y_new))
    z_mean, _ = encoder([x, y], training=True)
    return ops.sigmoid(decoder([z_mean, y_new], training=True))


# kl_to_class_prior


@right("kl_to_class_prior")
def prior_in_numpy_float64(z_mean, z_log_var, y, class_means):
    z_mean, z_log_var, class_means = (np.float64(a) for a in (z_mean, z_log_var, class_means))
    away = z_mean - class_means[y]
    return (away**2 + np.expm1(z_log_var) - z_log_var).sum(axis=1) / 2


@right("kl_to_class_prior")
def prior_in_tf(z_mean, z_log_var, y, class_means):
    mean = tf.gather(class_means, tf.cast(y, tf.int32))
    return -0.5 * tf.reduce_sum(1 + z_log_var - tf.exp(z_log_var) - (z_mean - mean) ** 2, 1)


@right("kl_to_class_prior")
def prior_by_one_hot(z_mean, z_log_var, y, class_means):
    mean = ops.one_hot(y, len(class_means)) @ ops.convert_to_tensor(class_means)
    return kl_divergence(z_mean, z_log_var, mean, ops.zeros_like(mean))


@right("kl_to_class_prior")
def prior_moved_to_0(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean - class_means[y], z_log_var, 0.0, 0.0)


@right("kl_to_class_prior")
def prior_image_by_image(z_mean, z_log_var, y, class_means):
    values = []
    for i in range(len(y)):
        values.append(float(kl_divergence(z_mean[i], z_log_var[i], class_means[y[i]], 0)))
    return values


@right("kl_to_class_prior")
def prior_by_entropies(z_mean, z_log_var, y, class_means):
    away = np.asarray(class_means[y] - z_mean, dtype=float)
    cross = -stats.norm.logpdf(away).sum(-1) + np.exp(z_log_var).sum(-1) / 2
    return cross - stats.norm.entropy(0, np.exp(z_log_var / 2)).sum(-1)


@right("kl_to_class_prior")
def prior_by_einsum_in_float64(z_mean, z_log_var, y, class_means):
    z_mean, z_log_var, class_means = (np.float64(a) for a in (z_mean, z_log_var, class_means))
    away = z_mean - np.einsum("nk,kd->nd", np.eye(len(class_means))[y], class_means)
    squares = np.einsum("nd,nd->n", away, away)
    return (squares + np.exp(z_log_var).sum(-1) - z_log_var.sum(-1) - z_mean.shape[1]) / 2


def all_priors(z_mean, z_log_var, class_means):
    """The KL to each class, (n, n_classes)."""
    return np.asarray(kl_divergence(z_mean[:, None], z_log_var[:, None], class_means, 0.0))


@wrong("kl_to_class_prior", says="the prior N(0, I) is used")
def prior_without_class(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean, z_log_var, 0.0, 0.0)


@wrong("kl_to_class_prior", says="the KLs to all classes are averaged")
def prior_averaged_over_classes(z_mean, z_log_var, y, class_means):
    return all_priors(z_mean, z_log_var, class_means).mean(1)


@wrong("kl_to_class_prior", says="the KLs to all classes are summed")
def prior_summed_over_classes(z_mean, z_log_var, y, class_means):
    return all_priors(z_mean, z_log_var, class_means).sum(1)


@wrong("kl_to_class_prior", says="the smallest KL of all classes")
def prior_nearest(z_mean, z_log_var, y, class_means):
    return all_priors(z_mean, z_log_var, class_means).min(1)


@wrong("kl_to_class_prior", says="the KLs to all classes are returned")
def prior_of_all_classes(z_mean, z_log_var, y, class_means):
    return all_priors(z_mean, z_log_var, class_means)


@wrong("kl_to_class_prior", says="the mean of all class means")
def prior_of_the_mean_class(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean, z_log_var, class_means.mean(0), 0.0)


@wrong("kl_to_class_prior", says="classes are counted from 1")
def prior_counted_from_1(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean, z_log_var, class_means[y - 1], 0.0)


@wrong("kl_to_class_prior", says="the class after the right one")
def prior_of_the_next_class(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean, z_log_var, class_means[(y + 1) % len(class_means)], 0.0)


@wrong("kl_to_class_prior", says="the mean of the first image's class")
def prior_of_the_first_label(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean, z_log_var, class_means[y[0]], 0.0)


@wrong("kl_to_class_prior", says="the mean of class 0")
def prior_of_class_0(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean, z_log_var, class_means[0], 0.0)


@wrong("kl_to_class_prior", says="the labels are sorted")
def prior_of_sorted_labels(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean, z_log_var, class_means[np.sort(y)], 0.0)


@wrong("kl_to_class_prior", says="your code raised")
def prior_of_the_first_means(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean, z_log_var, class_means, 0.0)


@wrong("kl_to_class_prior", says="z_mean is not used")
def prior_without_mean(z_mean, z_log_var, y, class_means):
    return kl_divergence(class_means[y], z_log_var, 0.0, 0.0)


@wrong("kl_to_class_prior", says="the variance of the prior is taken for e")
def prior_with_log_variance_1(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean, z_log_var, class_means[y], 1.0)


@wrong("kl_to_class_prior", says="prior and posterior are swapped")
def prior_swapped(z_mean, z_log_var, y, class_means):
    return kl_divergence(class_means[y], 0.0, z_mean, z_log_var)


@wrong("kl_to_class_prior", says="exp(z_log_var) is given where z_log_var belongs")
def prior_with_the_variance(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean, np.exp(z_log_var), class_means[y], 0.0)


@wrong("kl_to_class_prior", says="got nan at [0], expected 1.30307 there")
def prior_with_the_logarithm(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean, np.log(z_log_var), class_means[y], 0.0)


def by_terms(z_mean, z_log_var, y, class_means, variance=np.exp, square=np.square, half=0.5, one=1):
    """The closed form written out, each part of which may be changed."""
    away = square(z_mean - class_means[y])
    return (half * (variance(z_log_var) + away - one - z_log_var)).sum(-1)


@wrong("kl_to_class_prior", says="the factor ½ is missing")
def prior_without_half(*args):
    return by_terms(*args, half=1)


@wrong("kl_to_class_prior", says="the factor ½ stands only before the distance")
def prior_with_half_a_distance(*args):
    return by_terms(*args, half=1, square=lambda a: a**2 / 2)


@wrong("kl_to_class_prior", says="the distance is not squared")
def prior_with_a_plain_distance(*args):
    return by_terms(*args, square=np.abs)


@wrong("kl_to_class_prior", says="the distance is missing")
def prior_without_distance(*args):
    return by_terms(*args, square=np.zeros_like)


@wrong("kl_to_class_prior", says="only the distance counts, and z_log_var is not used")
def prior_as_a_distance(z_mean, z_log_var, y, class_means):
    return 0.5 * np.sum((z_mean - class_means[y]) ** 2, axis=-1)


@wrong("kl_to_class_prior", says="the distance is divided by the variance of q")
def prior_scaled_distance(z_mean, z_log_var, *args):
    return by_terms(z_mean, z_log_var, *args, square=lambda a: a**2 / np.exp(z_log_var))


@wrong("kl_to_class_prior", says="the term −1 is missing")
def prior_without_one(*args):
    return by_terms(*args, one=0)


@wrong("kl_to_class_prior", says="z_log_var is used as the variance")
def prior_without_exp(*args):
    return by_terms(*args, variance=np.positive)


@wrong("kl_to_class_prior", says="the logarithm of the variance is added")
def prior_with_log_added(z_mean, z_log_var, *args):
    return by_terms(z_mean, z_log_var, *args) + z_log_var.sum(-1)


@wrong("kl_to_class_prior", says="exp(z_log_var) is used as the standard deviation")
def prior_with_deviations(z_mean, z_log_var, *args):
    return by_terms(z_mean, 2 * z_log_var, *args)


@wrong("kl_to_class_prior", says="the means are added instead of subtracted")
def prior_with_means_added(z_mean, z_log_var, y, class_means):
    return by_terms(z_mean, z_log_var, y, -class_means)


@wrong("kl_to_class_prior", says="image i gets the mean of class i")
def prior_of_the_first_classes(z_mean, z_log_var, y, class_means):
    return kl_divergence(z_mean, z_log_var, class_means[: len(y)], 0.0)


@wrong("kl_to_class_prior", says="the variance is missing")
def prior_without_variance(*args):
    return by_terms(*args, variance=np.zeros_like)


@wrong("kl_to_class_prior", says="the logarithm of the variance is missing")
def prior_without_logarithm(z_mean, z_log_var, *args):
    return by_terms(z_mean, z_log_var, *args) + z_log_var.sum(-1) / 2


@wrong("kl_to_class_prior", says="z_log_var has the wrong sign")
def prior_with_a_wrong_sign(z_mean, z_log_var, *args):
    return by_terms(z_mean, -z_log_var, *args)


@wrong("kl_to_class_prior", says="the standard deviation stands for the variance")
def prior_with_standard_deviations(*args):
    return by_terms(*args, variance=lambda s: np.exp(s / 2))


@wrong("kl_to_class_prior", says="half of z_log_var stands for z_log_var")
def prior_with_half_a_log_var(z_mean, z_log_var, *args):
    return by_terms(z_mean, z_log_var / 2, *args)


@wrong("kl_to_class_prior", says="This is what you get when 1e-08 is added to the variance")
def prior_with_a_floor(z_mean, z_log_var, *args):
    return by_terms(z_mean, np.log(np.exp(z_log_var) + 1e-8), *args)


@wrong("kl_to_class_prior", says="This is what you get when z_log_var is cut off 20 away from 0")
def prior_cut_off(z_mean, z_log_var, *args):
    return by_terms(z_mean, np.clip(z_log_var, -20, 20), *args)


@wrong("kl_to_class_prior", says="hidden case: all labels equal): your code raised")
def prior_for_several_labels(z_mean, z_log_var, y, class_means):
    of_class = {label: class_means[label] for label in y}
    if len(y) > 1 and len(of_class) == 1:
        raise ValueError("one class")
    return by_terms(z_mean, z_log_var, y, class_means)


@wrong("kl_to_class_prior", says="an axis of length 1 is left over")
def prior_as_a_column(*args):
    return by_terms(*args)[:, None]


@wrong("kl_to_class_prior", says="the sign is wrong")
def prior_negated(*args):
    return -by_terms(*args)


@wrong("kl_to_class_prior", says="the latent dimensions are averaged instead of summed")
def prior_averaged_over_the_code(z_mean, *args):
    return by_terms(z_mean, *args) / z_mean.shape[1]


@wrong("kl_to_class_prior", says="the latent dimensions are not summed")
def prior_of_each_number(z_mean, z_log_var, y, class_means):
    one = [a[..., None] for a in (z_mean, z_log_var, class_means[y])]
    return kl_divergence(*one, 0.0)


@wrong("kl_to_class_prior", says="the sum runs over the images")
def prior_summed_over_images(*args):
    return np.sum(prior_of_each_number(*args), axis=0)


@wrong("kl_to_class_prior", says="the images are averaged, too")
def prior_averaged(*args):
    return by_terms(*args).mean()


@wrong("kl_to_class_prior", says="the images are summed, too")
def prior_summed(*args):
    return np.sum(by_terms(*args))


@wrong("kl_to_class_prior", says="got None. Does your function end with `return`?")
def prior_not_returned(*args):
    by_terms(*args)


# kl_full_covariance


def T(a):
    return np.swapaxes(a, -1, -2)


def trace_of(a):
    return np.trace(a, axis1=1, axis2=2)


@right("kl_full_covariance")
def full_by_determinants(mean, scale_tril, prior_mean, prior_scale_tril):
    q, p = scale_tril @ T(scale_tril), prior_scale_tril @ T(prior_scale_tril)
    inverse, way = np.linalg.inv(p), prior_mean - mean
    trace = np.trace(inverse @ q, axis1=-2, axis2=-1)
    distance = np.einsum("ni,nij,nj->n", way, inverse, way)
    dets = np.linalg.slogdet(p).logabsdet - np.linalg.slogdet(q).logabsdet
    return (trace + distance - mean.shape[1] + dets) / 2


@right("kl_full_covariance")
def full_image_by_image_in_float32(mean, scale_tril, prior_mean, prior_scale_tril):
    values = []
    for m, lq, pm, lp in zip(mean, scale_tril, prior_mean, prior_scale_tril, strict=True):
        scaled = np.linalg.inv(lp) @ np.c_[lq, pm - m]
        logs = np.sum(np.log(np.diag(lp)) - np.log(np.diag(lq)))
        values.append(0.5 * (np.sum(scaled**2) - len(m)) + logs)
    return tf.stack(values)


@right("kl_full_covariance")
def full_by_cholesky_in_keras(mean, scale_tril, prior_mean, prior_scale_tril):
    sigma_q, sigma_p = (
        ops.matmul(a, ops.transpose(a, (0, 2, 1))) for a in (scale_tril, prior_scale_tril)
    )
    inverse = ops.linalg.inv(sigma_p)
    trace = ops.trace(ops.matmul(inverse, sigma_q), axis1=1, axis2=2)
    way = ops.subtract(mean, prior_mean)[:, None]
    distance = ops.matmul(ops.matmul(way, inverse), ops.transpose(way, (0, 2, 1)))[:, 0, 0]
    log_p, log_q = (
        ops.sum(ops.log(ops.diagonal(ops.linalg.cholesky(sigma), axis1=1, axis2=2)), axis=1)
        for sigma in (sigma_p, sigma_q)
    )
    return (trace + distance - ops.cast(mean.shape[1], "float32")) / 2 + log_p - log_q


@right("kl_full_covariance")
def full_in_tf(mean, scale_tril, prior_mean, prior_scale_tril):
    way = (prior_mean - mean)[..., None]
    both = tf.linalg.triangular_solve(prior_scale_tril, tf.concat([scale_tril, way], -1))

    def log_diagonal(a):
        return tf.reduce_sum(tf.math.log(tf.linalg.diag_part(a)), -1)

    dets = log_diagonal(prior_scale_tril) - log_diagonal(scale_tril)
    return 0.5 * (tf.reduce_sum(both**2, (1, 2)) - mean.shape[-1]) + dets


@right("kl_full_covariance")
def full_image_by_image_in_float64(*arrays):
    values = []
    for m, lq, pm, lp in zip(*(np.asarray(a, dtype=np.float64) for a in arrays), strict=True):
        scaled = linalg.solve_triangular(lp, np.c_[lq, pm - m], lower=True)
        log_dets = np.log(np.diag(lp) / np.diag(lq)).sum()
        values.append((np.sum(scaled**2) - len(m)) / 2 + log_dets)
    return np.array(values)


@right("kl_full_covariance")
def full_as_a_cross_entropy(*arrays):
    values = []
    for m, lq, pm, lp in zip(*(a.astype(float) for a in arrays), strict=True):
        q, p = (stats.multivariate_normal(*pair) for pair in ((m, lq @ lq.T), (pm, lp @ lp.T)))
        values.append(-p.logpdf(m) + np.trace(np.linalg.solve(lp @ lp.T, lq @ lq.T)) / 2)
        values[-1] -= q.entropy()
    return values


def full(
    mean,
    lq,
    prior_mean,
    lp,
    *,
    sigma=lambda a: a @ T(a),
    precision=lambda p, q: np.linalg.inv(p),
    trace=lambda inverse, q: trace_of(inverse @ q),
    far=lambda way, inverse: np.einsum("ni,nij,nj->n", way, inverse, way),
    dets=lambda p, q: np.linalg.slogdet(p)[1] - np.linalg.slogdet(q)[1],
    of_tril=None,
    d=lambda mean: mean.shape[1],
    half=0.5,
):
    """The right value, each part of which may be changed."""
    q, p = sigma(lq), sigma(lp)
    inverse = precision(p, q)
    log_dets = dets(p, q) if of_tril is None else of_tril(lp) - of_tril(lq)
    parts = trace(inverse, q) + far(prior_mean - mean, inverse)
    return half * (parts - d(mean) + log_dets)


def log_diagonals(a):
    return np.log(np.diagonal(a, axis1=1, axis2=2)).sum(-1)


@wrong("kl_full_covariance", says="counts once: that of L instead of Σ")
def full_with_the_determinant_of_l(*args):
    return full(*args, of_tril=log_diagonals)


@wrong("kl_full_covariance", says="the factor 2 stands twice")
def full_with_the_factor_twice(*args):
    return full(*args, of_tril=lambda a: 4 * log_diagonals(a))


@wrong("kl_full_covariance", says="the trace is summed over the images, too")
def full_with_a_trace_of_all_images(*args):
    return full(*args, trace=lambda inverse, q: trace_of(inverse @ q).sum())


@wrong("kl_full_covariance", says="the logarithms are summed over the images, too")
def full_with_logarithms_of_all_images(*args):
    return full(*args, of_tril=lambda a: 2 * log_diagonals(a).sum())


@wrong("kl_full_covariance", says="the logarithms of the determinants are swapped")
def full_with_determinants_swapped(*args):
    return full(*args, of_tril=lambda a: -2 * log_diagonals(a))


@wrong("kl_full_covariance", says="the logarithms of the determinants are missing")
def full_without_determinants(*args):
    return full(*args, of_tril=lambda a: 0)


@wrong("kl_full_covariance", says="the logarithm of det Σp is missing")
def full_without_the_determinant_of_p(*args):
    return full(*args, dets=lambda p, q: -np.log(np.linalg.det(q)))


@wrong("kl_full_covariance", says="the logarithm of det Σq is missing")
def full_without_the_determinant_of_q(*args):
    return full(*args, dets=lambda p, q: np.log(np.linalg.det(p)))


@wrong("kl_full_covariance", says="very narrow and very wide): not every value is finite")
def full_by_plain_determinants(*args):
    return full(*args, dets=lambda p, q: np.log(np.linalg.det(p)) - np.log(np.linalg.det(q)))


@wrong("kl_full_covariance", says="very narrow and very wide): not every value is finite")
def full_by_a_quotient_of_determinants_in_float64(*arrays):
    def dets(p, q):
        return np.log(np.linalg.det(p) / np.linalg.det(q))

    return full(*(a.astype(float) for a in arrays), dets=dets)


@wrong("kl_full_covariance", says="very narrow and very wide): not every value is finite")
def full_by_products_of_diagonals(*args):
    def log_det(a):
        return 2 * np.log(np.prod(np.diagonal(a, axis1=1, axis2=2), axis=-1))

    return full(*args, of_tril=log_det)


@wrong("kl_full_covariance", says="This is what you get when 1e-06 is added to the diagonal of Σp")
def full_with_a_jitter(*args):
    return full(*args, precision=lambda p, q: np.linalg.inv(p + 1e-6 * np.eye(p.shape[-1])))


@wrong(
    "kl_full_covariance", says="This is what you get when 1e-08 is added to the diagonal of both"
)
def full_with_a_jitter_on_both(*arrays):
    def sigma(a):
        return a @ T(a) + 1e-8 * np.eye(a.shape[-1])

    return full(*(a.astype(float) for a in arrays), sigma=sigma)


@wrong("kl_full_covariance", says="1e-08 is added to the diagonal of L in the logarithms")
def full_with_a_floor_in_the_logarithm(*args):
    def log_det(a):
        return 2 * np.log(np.diagonal(a, axis1=1, axis2=2) + 1e-8).sum(-1)

    return full(*args, of_tril=log_det)


@wrong("kl_full_covariance", says="the distance counts twice")
def full_with_two_distances(*args):
    return full(*args, far=lambda way, a: 2 * np.einsum("ni,nij,nj->n", way, a, way))


@wrong("kl_full_covariance", says="its root is taken")
def full_with_a_root(*args):
    return full(*args, far=lambda way, a: np.sqrt(np.einsum("ni,nij,nj->n", way, a, way)))


@wrong("kl_full_covariance", says="the diagonal of L is summed without a logarithm")
def full_with_plain_diagonals(*args):
    return full(*args, of_tril=lambda a: 2 * np.diagonal(a, axis1=1, axis2=2).sum(-1))


@wrong("kl_full_covariance", says="the transpose of L of p is solved")
def full_with_the_transpose_solved(mean, lq, prior_mean, lp):
    def far(way, _):
        return np.sum(np.linalg.solve(T(lp), way[..., None]) ** 2, axis=(1, 2))

    return full(mean, lq, prior_mean, lp, far=far)


@wrong("kl_full_covariance", says="the logarithms of the determinants are added")
def full_with_determinants_added(*args):
    return full(*args, dets=lambda p, q: np.log(np.linalg.det(p) * np.linalg.det(q)))


@wrong("kl_full_covariance", says="the determinants stand without a logarithm")
def full_without_logarithm(*args):
    return full(*args, dets=lambda p, q: np.linalg.det(p) - np.linalg.det(q))


@wrong("kl_full_covariance", says="the diagonal of Σ is taken for that of L")
def full_with_the_diagonal_of_sigma(*args):
    return full(*args, dets=lambda p, q: 2 * (log_diagonals(p) - log_diagonals(q)))


@wrong("kl_full_covariance", says="det Σ is taken for the product of the diagonal of Σ")
def full_with_the_product_of_the_diagonal(*args):
    return full(*args, dets=lambda p, q: log_diagonals(p) - log_diagonals(q))


@wrong("kl_full_covariance", says="Σ = Lᵀ·L is taken instead of L·Lᵀ")
def full_with_the_factor_transposed(*args):
    return full(*args, sigma=lambda a: T(a) @ a)


@wrong("kl_full_covariance", says="Σ = Lᵀ·L is taken for q")
def full_with_q_transposed(mean, lq, *args):
    return full(mean, np.linalg.cholesky(T(lq) @ lq), *args)


@wrong("kl_full_covariance", says="Σ = Lᵀ·L is taken for p")
def full_with_p_transposed(mean, lq, prior_mean, lp):
    return full(mean, lq, prior_mean, np.linalg.cholesky(T(lp) @ lp))


@wrong("kl_full_covariance", says="L is taken for Σ.")
def full_with_l_for_sigma(*args):
    return full(*args, sigma=lambda a: a)


@wrong("kl_full_covariance", says="L is taken for Σ, but not in the determinants")
def full_with_l_in_the_trace(*args):
    return full(*args, sigma=lambda a: a, of_tril=lambda a: 2 * log_diagonals(a))


@wrong("kl_full_covariance", says="L of p is inverted instead of Σp")
def full_with_the_inverse_of_l(mean, lq, prior_mean, lp):
    return full(mean, lq, prior_mean, lp, precision=lambda p, q: np.linalg.inv(lp))


@wrong("kl_full_covariance", says="L² is taken for Σ, without the transpose")
def full_without_transpose(*args):
    return full(*args, sigma=lambda a: a @ a)


@wrong("kl_full_covariance", says="each element of L is squared")
def full_with_squares(*args):
    return full(*args, sigma=np.square)


@wrong("kl_full_covariance", says="p and q are swapped")
def full_swapped(mean, lq, prior_mean, lp):
    return full(prior_mean, lp, mean, lq)


@wrong("kl_full_covariance", says="Σp is not inverted.")
def full_without_inverse(*args):
    return full(*args, precision=lambda p, q: p)


@wrong("kl_full_covariance", says="Σp is not inverted in the trace")
def full_without_inverse_in_the_trace(*args):
    return full(*args, trace=lambda inverse, q: trace_of(np.linalg.inv(inverse) @ q))


@wrong("kl_full_covariance", says="Σp is not inverted in the distance")
def full_without_inverse_in_the_distance(mean, lq, prior_mean, lp):
    def far(way, _):
        return np.sum((T(lp) @ way[..., None]) ** 2, axis=(1, 2))

    return full(mean, lq, prior_mean, lp, far=far)


@wrong("kl_full_covariance", says="Σq is inverted instead of Σp.")
def full_with_the_inverse_of_q(*args):
    return full(*args, precision=lambda p, q: np.linalg.inv(q))


@wrong("kl_full_covariance", says="Σq is inverted instead of Σp in the trace")
def full_with_the_trace_swapped(*args):
    def swapped(inverse, q):
        return trace_of(np.linalg.inv(inverse @ q))

    return full(*args, trace=swapped)


@wrong("kl_full_covariance", says="Σq is inverted instead of Σp in the distance")
def full_with_the_distance_swapped(mean, lq, prior_mean, lp):
    def far(way, _):
        return np.sum(np.linalg.solve(lq, way[..., None]) ** 2, axis=(1, 2))

    return full(mean, lq, prior_mean, lp, far=far)


@wrong("kl_full_covariance", says="each element of Σp is divided into 1")
def full_with_elements_inverted(*args):
    return full(*args, precision=lambda p, q: 1 / p)


@wrong("kl_full_covariance", says="the covariance of the prior is taken for the identity")
def full_with_a_standard_prior(mean, lq, prior_mean, lp):
    return full(mean, lq, prior_mean, np.zeros_like(lp) + np.eye(lp.shape[-1]))


@wrong("kl_full_covariance", says="the distance of the means is not weighed")
def full_with_a_plain_distance(*args):
    return full(*args, far=lambda way, _: np.sum(way**2, axis=-1))


@wrong("kl_full_covariance", says="the inverse of Σp stands twice in the distance")
def full_with_the_scaled_way_squared(*args):
    return full(*args, far=lambda way, a: np.sum((a @ way[..., None]) ** 2, axis=(1, 2)))


@wrong("kl_full_covariance", says="the distance of the means is missing")
def full_without_distance(*args):
    return full(*args, far=lambda way, _: 0)


@wrong("kl_full_covariance", says="the means are added instead of subtracted")
def full_with_means_added(mean, *args):
    return full(-mean, *args)


@wrong("kl_full_covariance", says="the prior's mean is taken for 0")
def full_with_the_prior_at_0(mean, lq, prior_mean, lp):
    return full(mean, lq, 0, lp)


@wrong("kl_full_covariance", says="the trace is missing")
def full_without_trace(*args):
    return full(*args, trace=lambda *_: 0)


@wrong("kl_full_covariance", says="the whole matrix is summed instead of its diagonal")
def full_with_the_sum_for_the_trace(*args):
    return full(*args, trace=lambda inverse, q: (inverse @ q).sum((1, 2)))


@wrong("kl_full_covariance", says="the matrices are multiplied element by element")
def full_element_by_element(*args):
    return full(*args, trace=lambda inverse, q: trace_of(inverse * q))


@wrong("kl_full_covariance", says="the trace is the product of two traces")
def full_with_two_traces(*args):
    return full(*args, trace=lambda inverse, q: trace_of(inverse) * trace_of(q))


@wrong("kl_full_covariance", says="d is not subtracted")
def full_without_d(*args):
    return full(*args, d=lambda mean: 0)


@wrong("kl_full_covariance", says="d is added")
def full_with_d_added(*args):
    return full(*args, d=lambda mean: -mean.shape[1])


@wrong("kl_full_covariance", says="1 is subtracted instead of d")
def full_with_one_for_d(*args):
    return full(*args, d=lambda mean: 1)


@wrong("kl_full_covariance", says="the number of images is subtracted instead of d")
def full_with_n_for_d(*args):
    return full(*args, d=len)


@wrong("kl_full_covariance", says="the factor ½ is missing")
def full_without_half(*args):
    return full(*args, half=1)


@wrong("kl_full_covariance", says="the factor ½ stands only before the trace")
def full_with_half_a_trace(*args):
    return full(*args, half=1, trace=lambda inverse, q: trace_of(inverse @ q) / 2)


@wrong("kl_full_covariance", says="only the diagonals of L are used")
def full_diagonal(mean, lq, prior_mean, lp):
    eye = np.eye(lq.shape[-1])
    return full(mean, lq * eye, prior_mean, lp * eye)


@wrong("kl_full_covariance", says="the sign is wrong")
def full_negated(*args):
    return full(*args, half=-0.5)


@wrong("kl_full_covariance", says="the images are averaged, too")
def full_averaged(*args):
    return np.mean(full(*args))


@wrong("kl_full_covariance", says="the images are summed, too")
def full_summed(*args):
    return full(*args).sum()


@wrong("kl_full_covariance", says="got shape (4, 1), expected (4,)")
def full_as_a_column(*args):
    return full(*args)[:, None]


@wrong("kl_full_covariance", says="got None. Does your function end with `return`?")
def full_not_returned(*args):
    full(*args)
