"""The checks of 03_reparameterization, a function for each exercise."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from vaelib.checks import (
    call,
    call_training,
    check_close,
    check_pair,
    check_shape,
    check_true,
    check_weights,
)
from vaelib.checks.oracles import dense_forward, identity, random_weights, relu, sigmoid


def check_reparameterize(reparameterize):
    """two codes of three dimensions, variances above and below 1, noise of both signs"""
    name = "reparameterize"
    z_mean = np.array([[0.5, -1, 2], [0, 1.5, -0.5]], dtype="float32")
    z_log_var = np.array([[-1, 0.6, 2], [1, -2, 0.4]], dtype="float32")
    eps = np.array([[1, -0.5, 0.8], [-1.2, 2, 0.3]], dtype="float32")
    check_close(
        name,
        call(name, reparameterize, z_mean, z_log_var, eps),
        [[1.106531, -1.674929, 4.174625], [-1.978466, 2.235759, -0.133579]],
        mistakes={
            "the variance is used as the standard deviation": [
                *([0.867879, -1.911059, 7.911245], [-3.261938, 1.770671, -0.052453])
            ],
            "the factor ½ is applied twice": [
                *([1.278801, -1.580917, 3.318977], [-1.540831, 2.713061, -0.168449])
            ],
            "z_log_var is used as the standard deviation": [[-0.5, -1.3, 3.6], [-1.2, -2.5, -0.38]],
            "half of z_log_var is used as the standard deviation": [
                *([0, -1.15, 2.8], [-0.6, -0.5, -0.44])
            ],
            "eps is subtracted": [
                *([-0.106531, -0.325071, -0.174625], [1.978466, 0.764241, -0.866421])
            ],
            "eps is not used": [[1.106531, 0.349859, 4.718282], [1.648721, 1.867879, 0.721403]],
            "eps is not used, and z is its mean": [[0.5, -1, 2], [0, 1.5, -0.5]],
            "eps is not multiplied by the standard deviation": [
                [1.5, -1.5, 2.8],
                [-1.2, 3.5, -0.2],
            ],
            "eps is divided by the standard deviation": [
                *([2.148721, -1.370409, 2.294304], [-0.727837, 6.936564, -0.254381])
            ],
            "exp(z_log_var) / 2 stands for exp(z_log_var / 2)": [
                *([0.68394, -1.45553, 4.955622], [-1.630969, 1.635335, -0.276226])
            ],
            "z_mean is not added": [
                *([0.606531, -0.674929, 2.174625], [-1.978466, 0.735759, 0.366421])
            ],
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for n, d, low, high, case in (
        (1, 1, -1, 1, "one code of one dimension"),
        (5, 20, -1, 1, "more dimensions"),
        (4, 2, -30, -16, "very narrow posteriors"),
        (4, 2, 16, 30, "very wide posteriors"),
    ):
        z_mean, eps = rng.normal(size=(2, n, d)).astype("float32")
        z_log_var = rng.uniform(low, high, size=(n, d)).astype("float32")
        atol = 1e-5
        if high < -1:  # a mean other than 0 would hide so small a deviation
            z_mean, atol = 0 * z_mean, 0
        variance = np.exp(z_log_var.astype(float))
        got = call(name, reparameterize, z_mean, z_log_var, eps, case=case)
        expected = z_mean + np.sqrt(variance) * eps
        check_close(name, got, expected, rtol=1e-4, atol=atol, case=case)
    # END HIDDEN TESTS


def check_score_function_gradient(score_function_gradient):
    """three samples, both gradients, f positive and negative, σ below 1"""
    name = "score_function_gradient"
    f_z, z = np.array([2, -1, 0.5]), np.array([1.5, -0.4, 0.2])
    for_mean, for_log_var = check_pair(name, call(name, score_function_gradient, f_z, z, 0.3, -1.0))
    check_close(
        name,
        for_mean,
        [6.523876, 1.902797, -0.135914],
        what="gradient for mean",
        mistakes={
            "the sign of the score is wrong": [-6.523876, -1.902797, 0.135914],
            "the distance is divided by σ instead of σ²": [3.956931, 1.154105, -0.082436],
            "the distance is not divided by σ²": [2.4, 0.7, -0.05],
            "the distance is divided by σ⁴": [17.733735, 5.172339, -0.369453],
            "a factor ½ is left over from the square": [3.261938, 0.951399, -0.067957],
            "log_var is used as the variance": [-2.4, -0.7, 0.05],
            "the factor f(z) is missing": [3.261938, -1.902797, -0.271828],
            "f is multiplied by log q instead of its derivative": [-2.914326, 0.165979, 0.243204],
            "the mean is not subtracted from z": [8.154845, 1.087313, 0.271828],
            "the two gradients are in the wrong order": [2.914326, -0.165979, -0.243204],
            "the samples are averaged": 2.763587,
            "the samples are summed": 8.29076,
        },
    )
    check_close(
        name,
        for_log_var,
        [2.914326, -0.165979, -0.243204],
        what="gradient for log_var",
        mistakes={
            "the sign of the score is wrong": [-2.914326, 0.165979, 0.243204],
            "it is the gradient for the variance instead of its logarithm": [
                *[7.921959, -0.451178, -0.661097]
            ],
            "it is the gradient for the logarithm of the standard deviation": [
                *[5.828652, -0.331958, -0.486409]
            ],
            "the term −½ is missing": [3.914326, -0.665979, 0.006796],
            "the sign of the squared distance is wrong": [-4.914326, 1.165979, -0.256796],
            "the factor ½ on the squared distance is missing": [6.828652, -0.831958, -0.236409],
            "the sign of the term ½ is wrong": [4.914326, -1.165979, 0.256796],
            "the term −½ is −1": [1.914326, 0.334021, -0.493204],
            "the distance is not squared": [0.978466, 1.077052, -0.291218],
            "the squared distance is divided by σ instead of σ²": [
                *[1.374159, 0.096063, -0.245878]
            ],
            "the squared distance is divided by σ⁴": [9.640249, -1.310319, -0.231528],
            "log_var is used as the variance": [-2.44, 0.745, -0.2525],
            "the factor f(z) is missing": [1.457163, 0.165979, -0.486409],
            "the mean is not subtracted from z": [5.116134, 0.282537, -0.222817],
            "the samples are averaged": 0.835047,
            "the samples are summed": 2.505143,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for n, mean, log_var, case in (
        (9, 0.7, -2.4, "a narrow q"),
        (9, 0.7, -2.4, "the same q, other samples"),
        (9, -1.5, 1.6, "a wide q"),
        (6, 0.0, -30.0, "a very narrow q"),
        (6, 0.0, 30.0, "a very wide q"),
        (1, 0.4, 0.6, "one sample"),
    ):
        eps, std = rng.permutation(np.linspace(-2.1, 1.9, n)), np.exp(log_var / 2)
        f_z = rng.uniform(1, 3, size=n) * rng.choice([-1, 1], size=n)
        z = mean + std * eps
        got = call(name, score_function_gradient, f_z, z, mean, log_var, case=case)
        for_mean, for_log_var = check_pair(name, got, case=case)
        for got, right, of in (
            (for_mean, f_z * eps / std, "mean"),
            (for_log_var, f_z * (eps**2 - 1) / 2, "log_var"),
        ):
            what = f"gradient for {of}"
            check_close(name, got, right, rtol=1e-3, atol=0, what=what, case=case)
    # END HIDDEN TESTS


def check_pathwise_gradient(pathwise_gradient):
    """three samples, both gradients, slopes and noise of both signs, σ below 1"""
    name = "pathwise_gradient"
    df_dz, eps = np.array([2, -1, 0.5]), np.array([1.5, -0.4, 0.2])
    for_mean, for_log_var = check_pair(name, call(name, pathwise_gradient, df_dz, eps, -1.0))
    check_close(
        name,
        for_mean,
        [2, -1, 0.5],
        what="gradient for mean",
        mistakes={
            "the factor eps is there, which belongs to log_var alone": [3, 0.4, 0.1],
            "the standard deviation is there, which belongs to log_var alone": [
                *[1.213061, -0.606531, 0.303265]
            ],
            "the two gradients are in the wrong order": [0.909796, 0.121306, 0.030327],
            "the derivative of z is returned without that of f": [1, 1, 1],
            "the samples are averaged": 0.5,
            "the samples are summed": 1.5,
        },
    )
    check_close(
        name,
        for_log_var,
        [0.909796, 0.121306, 0.030327],
        what="gradient for log_var",
        mistakes={
            "the factor eps is missing": [0.606531, -0.303265, 0.151633],
            "it is the gradient for the standard deviation": [3, 0.4, 0.1],
            "it is the gradient for the logarithm of the standard deviation": [
                *[1.819592, 0.242612, 0.060653]
            ],
            "the variance stands where the standard deviation belongs": [
                *[0.551819, 0.073576, 0.018394]
            ],
            "log_var is used as the standard deviation": [-1.5, -0.2, -0.05],
            "eps is squared": [1.364694, -0.048522, 0.006065],
            "it is divided by the standard deviation": [2.473082, 0.329744, 0.082436],
            "the derivative of z is returned without that of f": [0.454898, -0.121306, 0.060653],
            "the samples are averaged": 0.35381,
            "the samples are summed": 1.061429,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for n, log_var, case in (
        (9, -2.4, "a narrow q"),
        (9, -2.4, "the same q, other samples"),
        (9, 1.6, "a wide q"),
        (6, -30.0, "a very narrow q"),
        (6, 30.0, "a very wide q"),
        (1, 0.6, "one sample"),
    ):
        eps, std = rng.permutation(np.linspace(-2.1, 1.9, n)), np.exp(log_var / 2)
        df_dz = rng.uniform(1, 3, size=n) * rng.choice([-1, 1], size=n)
        got = call(name, pathwise_gradient, df_dz, eps, log_var, case=case)
        for_mean, for_log_var = check_pair(name, got, case=case)
        for got, right, of in (
            (for_mean, df_dz, "mean"),
            (for_log_var, df_dz * eps * std / 2, "log_var"),
        ):
            what = f"gradient for {of}"
            check_close(name, got, right, rtol=1e-3, atol=0, what=what, case=case)
    # END HIDDEN TESTS


def check_leave_one_out_baseline(leave_one_out_baseline):
    """four samples, two of them equal"""
    name = "leave_one_out_baseline"
    f_z = np.array([1, 4, 4, 9], dtype="float32")
    check_close(
        name,
        call(name, leave_one_out_baseline, f_z),
        [5.666667, 4.666667, 4.666667, 3],
        mistakes={
            "it is the plain mean, with the sample itself in it": [4.5, 4.5, 4.5, 4.5],
            "it is the plain mean, with the sample itself in it, as one number": 4.5,
            "the sum of the others is divided by n": [4.25, 3.5, 3.5, 2.25],
            "the sum of the others is not divided": [17, 14, 14, 9],
            "the sum of all samples is divided by n − 1": [6, 6, 6, 6],
            "the baseline is subtracted from f already": [-4.666667, -0.666667, -0.666667, 6],
            "it is minus that: b − f": [4.666667, 0.666667, 0.666667, -6],
            "only the samples before this one are used": [0, 1, 2.5, 3],
            "it is the median of the others": [4, 4, 4, 4],
            "samples of equal value are left out, too": [5.666667, 5, 5, 3],
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    many = rng.uniform(-2, 7, size=50)
    changed = many + 6 * (np.arange(50) == 7)
    for f_z, case in (
        ([3, -7], "two samples"),
        (many, "more samples"),
        (changed, "as many samples, one value changed, whose own baseline stays as it was"),
        (1000 + rng.uniform(-2, 7, size=7), "a large constant in f"),
        ([2.5, 2.5, 2.5, 2.5], "equal values"),
    ):
        f_z = np.array(f_z, dtype="float32")
        n, exact = len(f_z), f_z.astype(float)
        baselines = np.array([np.delete(exact, i).mean() for i in range(n)])
        mistakes = {
            "it is the plain mean, with the sample itself in it": np.full(n, exact.mean()),
            "the sum of the others is divided by n": baselines * (n - 1) / n,
        }
        got = call(name, leave_one_out_baseline, f_z, case=case)
        check_close(name, got, baselines, rtol=1e-5, atol=1e-5, mistakes=mistakes, case=case)
    # END HIDDEN TESTS


def check_build_vae_mlp(build_vae_mlp):
    """latent_dim 2: shapes of all weights, and both outputs and logits under known weights"""
    name = "build_vae_mlp"
    softplus = lambda h: np.logaddexp(0, h)
    hidden_activations = {
        "tanh": np.tanh,
        "sigmoid": sigmoid,
        "softplus": softplus,
        "SiLU": lambda h: h * sigmoid(h),
        "GELU": lambda h: h / 2 * (1 + np.tanh(0.797885 * (h + 0.044715 * h**3))),
        "ELU": lambda h: np.where(h > 0, h, np.expm1(np.minimum(h, 0))),
        "a leaky ReLU": lambda h: np.where(h > 0, h, 0.2 * h),
        "LeakyReLU": lambda h: np.where(h > 0, h, 0.3 * h),
    }

    def check_case(latent_dim, case=None):
        encoder, decoder = check_pair(name, call(name, build_vae_mlp, latent_dim, case=case))
        trunk, head = [(784, 512), (512,)], [(512, latent_dim), (latent_dim,)]
        fused = [(512, 2 * latent_dim), (2 * latent_dim,)]
        check_weights(
            name,
            encoder,
            [*trunk, *head, *head],
            mistakes={
                "one head gives both outputs": [*trunk, *head],
                "one layer of 2 · latent_dim units stands for the two heads": [*trunk, *fused],
                "z_log_var is computed from z_mean instead of the 512 units": [
                    *(*trunk, *head, (latent_dim, latent_dim), (latent_dim,))
                ],
                "the hidden layer of 512 units is missing": [
                    *((784, latent_dim), (latent_dim,)),
                    *((784, latent_dim), (latent_dim,)),
                ],
                "each head has a hidden layer of its own": [*trunk, *trunk, *head, *head],
                "encoder and decoder are in the wrong order": [
                    *((latent_dim, 512), (512,), (512, 784), (784,))
                ],
                "the latent size is fixed instead of latent_dim": [
                    *(*trunk, (512, 2), (2,), (512, 2), (2,))
                ],
            },
            case=case,
        )
        check_weights(
            name,
            decoder,
            [(latent_dim, 512), (512,), (512, 784), (784,)],
            mistakes={
                "the decoder's hidden layer of 512 units is missing": [(latent_dim, 784), (784,)],
                "the decoder expects mean and log-variance instead of a code": [
                    *((2 * latent_dim, 512), (512,), (512, 784), (784,))
                ],
            },
            case=case,
        )
        flat = getattr(encoder, "input_shape", None) == (None, 784)
        problem = "the encoder wants flat images. Begin it with `keras.Input((28, 28, 1))`."
        check_true(name, not flat, problem, case=case)
        swapped = getattr(encoder, "output_names", None) == ["z_log_var", "z_mean"]
        problem = "the encoder gives z_log_var first. z_mean comes first."
        check_true(name, not swapped, problem, case=case)
        check_encoder(encoder, latent_dim, case)
        check_decoder(decoder, latent_dim, case)

    def large_weights(first, shapes):
        """Weights under which hidden units and outputs lie far from 0, on both sides."""
        scales = {0: first, 2: 9, 4: 9}
        weights = random_weights(shapes, seed=shapes[-1][0])
        return [scales.get(i, 1) * weight for i, weight in enumerate(weights)]

    def both_ways(model, batch, case):
        """What a model gives for a batch in training, and for the first of it alone, without."""
        yield "", slice(None), call(name, lambda x: model(x, training=True), batch, case=case)
        alone = call(name, lambda x: model(x, training=False), batch[:1], case=case)
        yield " of a batch of one", slice(1), alone

    def check_encoder(encoder, latent_dim, case):
        head = [(512, latent_dim), (latent_dim,)]
        weights = large_weights(9, [(784, 512), (512,), *head, *head])
        encoder.set_weights(weights)
        x = (np.random.default_rng(1).random((5, 28, 28, 1)) < 0.2).astype("float32")

        def heads(hidden, last):
            return [
                dense_forward(x, [*weights[:2], *weights[i : i + 2]], hidden=hidden, last=last)
                for i in (2, 4)
            ]

        expected = heads(relu, identity)
        variants = {
            "a ReLU stands on a head": heads(relu, relu),
            "a tanh stands on a head": heads(relu, np.tanh),
            "a softplus stands on a head": heads(relu, softplus),
            "exp is applied to a head": heads(relu, np.exp),
            "the hidden layer has no activation": heads(identity, identity),
        }
        for text, hidden in hidden_activations.items():
            variants[f"{text} stands where a ReLU is meant"] = heads(hidden, identity)
        near = {"rtol": 3e-3, "atol": 5e-3 * np.std(expected)}  # a GPU may round to 10 bits
        close = lambda a, b: a.shape == b.shape and np.allclose(a, b, **near)
        for of, rows, got in both_ways(encoder, x, case):
            got = check_pair(name, got, what="the encoder's output", case=case)
            got = [np.asarray(g, dtype=float) for g in got]
            same = got[0].shape == got[1].shape and np.ptp(got[0] - got[1]) < 1e-6
            problem = "both outputs are the same tensor. z_log_var needs its own head."
            check_true(name, not same or of, problem, case=case)
            # The layers may be made in either order: only what is returned first is z_mean.
            if not of and any(close(got[0], value[1]) for value in (expected, *variants.values())):
                expected.reverse()
                for value in variants.values():
                    value.reverse()
            for i, what in enumerate(("z_mean", "z_log_var")):
                check_close(
                    name,
                    got[i],
                    expected[i][rows],
                    **near,
                    what=what + of,
                    mistakes={text: value[i][rows] for text, value in variants.items()},
                    case=case,
                )

    def check_decoder(decoder, latent_dim, case):
        weights = large_weights(4, [(latent_dim, 512), (512,), (512, 784), (784,)])
        decoder.set_weights(weights)
        z = np.random.default_rng(2).normal(size=(5, latent_dim)).astype("float32")

        def images(hidden, last):
            return dense_forward(z, weights, hidden=hidden, last=last).reshape(5, 28, 28, 1)

        right = images(relu, identity)
        variants = {
            "a sigmoid stands on the logits": images(relu, sigmoid),
            "a ReLU stands on the logits": images(relu, relu),
            "the decoder's hidden layer has no activation": images(identity, identity),
        }
        for text, hidden in hidden_activations.items():
            variants[f"{text} stands where a ReLU is meant"] = images(hidden, identity)
        for of, rows, got in both_ways(decoder, z, case):
            check_shape(name, got, right[rows].shape, what="logits" + of, case=case)
            check_close(
                name,
                got,
                right[rows],
                rtol=3e-3,
                atol=5e-3 * np.std(right),
                what="logits" + of,
                mistakes={text: value[rows] for text, value in variants.items()},
                case=case,
            )

    check_case(2)
    # BEGIN HIDDEN TESTS
    check_case(1, "a code of one number")
    check_case(10, "a longer code")

    case = "built twice, without an argument"
    models, others = (check_pair(name, call(name, build_vae_mlp, case=case)) for _ in range(2))
    check_weights(name, models[1], [(2, 512), (512,), (512, 784), (784,)], case=case)
    for model, other in zip(models, others, strict=True):
        before = [np.array(weight) for weight in other.get_weights()]
        model.set_weights([weight + 1 for weight in before])
        apart = all(map(np.array_equal, before, other.get_weights()))
        problem = "both calls give the same layers. Make new ones in the function."
        check_true(name, apart, problem, case=case)
    # END HIDDEN TESTS


def check_train_step(train_step):
    """two tiny networks under SGD: loss and all weights, three steps, a compiled step"""
    name = "train_step"
    hint = "Write it with `tf` and `keras.ops`, not with numpy."

    def networks(shape, d, seed):
        x, z = keras.Input(shape), keras.Input((d,))
        h = layers.Flatten()(x)
        encoder = keras.Model(x, [layers.Dense(d)(h), layers.Dense(d)(h)])
        decoder = keras.Model(z, layers.Reshape(shape)(layers.Dense(h.shape[-1])(z)))
        rng = np.random.default_rng(seed)
        for model in (encoder, decoder):
            model.set_weights([0.5 * rng.normal(size=w.shape) for w in model.get_weights()])
        return encoder, decoder

    def right(encoder, decoder, x, eps, coefficients=(1, 1), power=0.5):
        """Loss, and gradients of all weights, by hand in float64."""
        a, a0, b, b0 = (w.astype(float) for w in encoder.get_weights())
        c, c0 = (w.astype(float) for w in decoder.get_weights())
        x = np.reshape(x, (len(x), -1)).astype(float)
        n, (of_nll, of_kl) = len(x), coefficients
        z_mean, z_log_var = x @ a + a0, x @ b + b0
        variance, std = np.exp(z_log_var), np.exp(power * z_log_var)
        z = z_mean + std * eps
        logits = z @ c + c0
        nll = np.sum(np.logaddexp(0, logits) - x * logits)
        kl = 0.5 * np.sum(variance + z_mean**2 - 1 - z_log_var)
        to_logits = of_nll * (1 / (1 + np.exp(-logits)) - x) / n
        to_z = to_logits @ c.T
        to_mean = to_z + of_kl * z_mean / n
        to_log_var = to_z * std * eps * power + of_kl * (variance - 1) / (2 * n)
        enc = [x.T @ to_mean, to_mean.sum(0), x.T @ to_log_var, to_log_var.sum(0)]
        return (of_nll * nll + of_kl * kl) / n, [*enc, z.T @ to_logits, to_logits.sum(0)]

    def flat(encoder, decoder):
        return np.concatenate([np.ravel(w) for w in encoder.get_weights() + decoder.get_weights()])

    encoder, decoder = networks((2, 3, 1), 2, 0)
    rng = np.random.default_rng(1)
    x = rng.random((5, 2, 3, 1)).astype("float32")
    eps = rng.normal(size=(5, 2)).astype("float32")
    loss, gradients = right(encoder, decoder, x, eps)
    others = {
        "the loss is summed over the batch": 5.0,
        "the loss is also averaged over the pixels": 1 / 6,
    }
    without_noise = right(encoder, decoder, x, 0 * eps)
    no_kl = right(encoder, decoder, x, eps, (1, 0))
    with_variance, with_noise = (right(encoder, decoder, x, eps, power=p)[0] for p in (1, 0))
    before, sgd = flat(encoder, decoder), keras.optimizers.SGD(0.1)
    got = call_training(name, train_step, encoder, decoder, sgd, x, eps)
    check_close(
        name,
        got,
        loss,
        rtol=1e-4,
        what="loss",
        mistakes={
            **{text: factor * loss for text, factor in others.items()},
            "the noise is not used": without_noise[0],
            "the KL term is missing": no_kl[0],
            "the reconstruction term is missing": loss - no_kl[0],
            "the sign is wrong: this is the ELBO, which would become smaller": -loss,
            "the noise is multiplied by the variance": with_variance,
            "the noise is not multiplied by the standard deviation": with_noise,
        },
    )
    got = before - flat(encoder, decoder)
    sizes = [g.size for g in gradients]
    moved = [np.any(part) for part in np.split(got, np.cumsum(sizes)[:-1])]
    check_true(
        name, any(moved), "no weight has changed. Are the gradients handed to the optimizer?"
    )
    problem = "the weights of the encoder have not changed, those of the decoder have."
    check_true(name, any(moved[:4]), problem)
    problem = "the weights of the decoder have not changed, those of the encoder have."
    check_true(name, any(moved[4:]), problem)
    for i, of in ((0, "z_mean"), (2, "z_log_var")):
        problem = f"the weights that lead to {of} have not changed."
        check_true(name, any(moved[i : i + 2]), problem)
    step = lambda parts: 0.1 * np.concatenate([np.ravel(g) for g in parts])
    check_close(
        name,
        got,
        step(gradients),
        rtol=2e-3,
        atol=2e-6,
        what="how far each weight moved under SGD(0.1)",
        mistakes={
            "the weights move up the gradient instead of down": -step(gradients),
            "the gradient is that of the sum over the batch": 5 * step(gradients),
            "the step is made twice": 2 * step(gradients),
            "the gradient is that of the loss without KL term": step(no_kl[1]),
            "the gradient is that of the loss without noise": step(without_noise[1]),
        },
    )
    # The same networks go on, with the same batch and then with another.
    for again in ("with the same batch", "with another batch"):
        if again == "with another batch":
            x = (x + 0.5) % 1
        loss, gradients = right(encoder, decoder, x, eps)
        before = flat(encoder, decoder)
        got = call_training(name, train_step, encoder, decoder, sgd, x, eps)
        check_close(name, got, loss, rtol=1e-4, what=f"loss of a further step, {again}")
        got = before - flat(encoder, decoder)
        what = f"how far each weight moved in a further step, {again}"
        check_close(name, got, step(gradients), rtol=2e-3, atol=2e-6, what=what)

    args = encoder, decoder, keras.optimizers.SGD(0.1), tf.constant(x), tf.constant(eps)
    loss, _ = right(encoder, decoder, x, eps)
    graph = tf.function(lambda: train_step(*args), autograph=False)
    try:
        got = graph.get_concrete_function()()
    except Exception as error:
        problem = f"compiled by `tf.function` it raised {type(error).__name__}. {hint}"
        check_true(name, False, problem)
    check_close(name, got, loss, rtol=1e-4, what="loss, compiled by tf.function")
    # BEGIN HIDDEN TESTS
    for shape, n, d, rate, case in (
        ((7,), 4, 2, 0.1, "flat images"),
        ((3, 4), 6, 1, 0.02, "images without a channel, one latent dimension"),
        ((2, 4, 3), 3, 6, 0.05, "images with three channels"),
        ((5, 2, 1), 1, 3, 0.1, "one image"),
    ):
        encoder, decoder = networks(shape, d, n)
        x = rng.random((n, *shape)).astype("float32")
        eps = rng.normal(size=(n, d)).astype("float32")
        loss, gradients = right(encoder, decoder, x, eps)
        before = flat(encoder, decoder)
        sgd = keras.optimizers.SGD(rate)
        got = call_training(name, train_step, encoder, decoder, sgd, x, eps, case=case)
        check_close(name, got, loss, rtol=1e-4, what="loss", case=case)
        got = (before - flat(encoder, decoder)) / rate
        expected = np.concatenate([np.ravel(g) for g in gradients])
        what = "how far the weights moved"
        check_close(name, got, expected, rtol=2e-3, atol=2e-5, what=what, case=case)

    case = "Adam in place of plain gradient descent"
    encoder, decoder = networks((7,), 2, 5)
    x = rng.random((4, 7)).astype("float32")
    eps = rng.normal(size=(4, 2)).astype("float32")
    _, gradients = right(encoder, decoder, x, eps)
    gradient = np.concatenate([np.ravel(g) for g in gradients])
    before = flat(encoder, decoder)
    adam = keras.optimizers.Adam(0.01)
    call_training(name, train_step, encoder, decoder, adam, x, eps, case=case)
    # The first step of Adam has the size of the rate, whatever the gradient, but for its epsilon.
    expected = 0.01 * gradient / (np.abs(gradient) + 1e-7)
    check_close(name, before - flat(encoder, decoder), expected, rtol=0, atol=2e-5, case=case)
    # END HIDDEN TESTS


def check_Sampling(Sampling):
    """mean and standard deviation of 4,000 codes, seeds, a second call, both gradients"""
    name = "Sampling"
    n = 4000
    z_mean = np.tile(np.array([[-2, 0, 3]], dtype="float32"), (n, 1))
    z_log_var = np.tile(np.array([[-1.5, 0.8, 0.4]], dtype="float32"), (n, 1))
    layer = call(name, Sampling, 3)
    check_true(name, isinstance(layer, keras.layers.Layer), "expected a Keras layer.")
    z = call(name, layer, [z_mean, z_log_var])
    check_shape(name, z, (n, 3))
    z = np.asarray(z, dtype=float)
    check_true(name, np.all(np.isfinite(z)), "not every dimension of the code is finite.")
    deviations = [0.472367, 1.491825, 1.221403]
    eps = (z - z_mean) / deviations
    problem = "z_mean is returned without any noise."
    check_true(name, not np.allclose(eps, 0, atol=1e-3), problem)
    problem = (
        "one eps is used for the whole batch. Every image needs its own: sample in the shape of"
    )
    check_true(name, np.ptp(eps, axis=0).min() > 1e-3, f"{problem} z_mean.")
    problem = "one eps is used for all dimensions of a code. Sample it in the shape of z_mean."
    check_true(name, np.ptp(eps, axis=1).max() > 1e-3, problem)

    # A right answer leaves each of these bands in fewer than 1 run of a million.
    check_close(
        name,
        z.std(axis=0),
        deviations,
        rtol=0.065,
        what="standard deviation of 4000 codes",
        mistakes={
            "the variance is used as the standard deviation": [0.22313, 2.225541, 1.491825],
            "the factor ½ is applied twice": [0.687289, 1.221403, 1.105171],
            "z_log_var is used as the standard deviation": [1.5, 0.8, 0.4],
            "half of z_log_var is used as the standard deviation": [0.75, 0.4, 0.2],
            "eps is not multiplied by the standard deviation": [1, 1, 1],
            "eps is divided by the standard deviation": [2.117, 0.67032, 0.818731],
        },
    )
    check_close(
        name,
        z.mean(axis=0),
        [-2, 0, 3],
        rtol=0,
        atol=[0.039, 0.123, 0.101],
        what="mean of 4000 codes",
        mistakes={"z_mean is not added": [0, 0, 0]},
    )

    again = np.asarray(call(name, layer, [z_mean, z_log_var]), dtype=float)
    problem = "the second call gives the same codes. Sample inside `call`, with"
    problem += " `seed=self.seed_generator` and no fixed number."
    check_true(name, not np.allclose(again, z), problem)
    twin = np.asarray(call(name, call(name, Sampling, 3), [z_mean, z_log_var]), dtype=float)
    problem = "the same seed gives other codes. Hand over `seed=self.seed_generator`."
    check_true(name, np.allclose(twin, z), problem)
    other = np.asarray(call(name, call(name, Sampling, 4), [z_mean, z_log_var]), dtype=float)
    problem = "another seed gives the same codes. Hand over `seed=self.seed_generator`."
    check_true(name, not np.allclose(other, z), problem)

    inputs = [tf.constant(z_mean), tf.constant(z_log_var)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        sampled = call(name, layer, inputs)
        hint = "Is numpy used, here or in `reparameterize`?"
        problem = f"expected a tensor, so that gradients can pass. {hint}"
        check_true(name, tf.is_tensor(sampled), problem)
        total = tf.reduce_sum(sampled)
    gradients = tape.gradient(total, inputs)
    for gradient, of in zip(gradients, ("z_mean", "z_log_var"), strict=True):
        problem = f"no gradient reaches {of}. Something on the way stops it. {hint}"
        check_true(name, gradient is not None, problem)
    sampled = np.asarray(sampled, dtype=float)
    check_close(name, gradients[0], np.ones((n, 3)), what="gradient for z_mean", rtol=1e-4)
    check_close(
        name,
        gradients[1],
        (sampled - z_mean) / 2,
        what="gradient for z_log_var",
        rtol=1e-3,
        atol=1e-4,
        mistakes={"the gradient for z_log_var is stopped": np.zeros((n, 3))},
    )
    # BEGIN HIDDEN TESTS
    case = "inside a compiled function"
    graph = tf.function(lambda: layer(inputs), autograph=False)
    compiled = call(name, graph.get_concrete_function, case=case)
    first, second = (np.asarray(call(name, compiled, steady=False, case=case)) for _ in range(2))
    problem = (
        "every call gives the same codes, since the noise is sampled when the function is compiled."
    )
    check_true(name, not np.allclose(first, second), problem, case=case)
    within = np.mean(np.abs((first - z_mean) / deviations) < 1)
    # 0.683 for a normal eps; 12,000 samples leave this band in fewer than 1 run of a million.
    what = "share of eps between −1 and 1"
    check_close(name, within, 0.6827, rtol=0, atol=0.023, what=what, case=case)

    trained = lambda pair: layer(pair, training=True)
    zero, ones = np.zeros((n, 4), dtype="float32"), np.ones(4)
    for layer_call, log_vars, case in (
        (layer, [-30, -26, -20, -16], "very narrow posteriors"),
        (layer, [16, 20, 26, 30], "very wide posteriors"),
        (trained, [-30, -10, 10, 30], "while it is trained"),
    ):
        pair = [zero, np.array(log_vars, dtype="float32") + zero]
        got = call(name, layer_call, pair, steady=False, case=case)
        check_shape(name, got, (n, 4), case=case)
        noise = np.asarray(got, dtype=float) / np.exp(np.divide(log_vars, 2))
        problem = "not every dimension of the code is finite."
        check_true(name, np.isfinite(noise).all(), problem, case=case)
        what = "standard deviation of 4000 codes, as a multiple of the right one"
        check_close(name, noise.std(axis=0), ones, rtol=0.065, what=what, case=case)

    for n, d, case in (
        (1, 1, "one code of one dimension"),
        (7, 1, "codes of one dimension"),
        (1, 5, "one image"),
        (2, 50, "a longer code"),
    ):
        pair = [np.zeros((n, d), dtype="float32")] * 2
        got = call(name, layer, pair, steady=False, case=case)
        check_shape(name, got, (n, d), case=case)
        own = np.unique(np.abs(np.asarray(got, dtype=float)))
        problem = "some dimensions of the codes are alike, though each needs noise of its own."
        check_true(name, len(own) > 0.8 * n * d, problem, case=case)

    case = "the seed 0, and the largest seed"
    streams = []
    for seed in (0, 0, 2**31 - 1, 2**31 - 1):
        own = call(name, Sampling, seed, case=case)
        streams.append([np.asarray(call(name, own, pair, steady=False, case=case)) for _ in "12"])
    same, largest = np.allclose(*streams[:2]), np.allclose(*streams[2:])
    problem = "the same seed gives other codes, at the first call or at a later one."
    check_true(name, same and largest, problem, case=case)
    problem = "different seeds give the same codes."
    check_true(name, not np.allclose(streams[0], streams[2]), problem, case=case)
    # END HIDDEN TESTS


def check_sample_images(sample_images):
    """2,000 images of a known decoder: shape, range, mean and σ of the codes, seeds"""
    name = "sample_images"
    n, d = 2_000, 3
    decoder = keras.Sequential([keras.Input((d,)), layers.Dense(d), layers.Reshape((d, 1))])
    decoder.set_weights([0.5 * np.eye(d), np.zeros(d)])  # so that each pixel shows its dimension
    images = call(name, sample_images, decoder, n, d, 3)
    check_shape(name, images, (n, d, 1))
    images = np.asarray(images, dtype=float)[..., 0]
    check_true(name, np.all(np.isfinite(images)), "not every pixel is a finite number.")
    problem = "some pixels lie outside of [0, 1]. The decoder gives logits; turn them into"
    check_true(name, images.min() >= 0 and images.max() <= 1, f"{problem} probabilities.")
    problem = "every pixel is 0 or 1. Return the probabilities, without sampling or rounding them."
    check_true(name, np.any((images > 0) & (images < 1)), problem)
    problem = "all images are alike. Sample a code for each of them, in the shape (n, latent_dim)."
    check_true(name, np.ptp(images, axis=0).min() > 1e-3, problem)
    problem = "all dimensions of a code are alike. Sample in the shape (n, latent_dim)."
    check_true(name, np.ptp(images, axis=1).max() > 1e-3, problem)
    again = np.asarray(call(name, sample_images, decoder, n, d, 3), dtype=float)[..., 0]
    check_true(name, np.allclose(images, again), "the same seed gives other images.")
    other = np.asarray(call(name, sample_images, decoder, n, d, 4), dtype=float)[..., 0]
    check_true(name, not np.allclose(images, other), "another seed gives the same images.")

    # A right answer leaves each of the bands below in fewer than 1 run of a million.
    z = 2 * (np.log(np.clip(images, 1e-12, 1)) - np.log(np.clip(1 - images, 1e-12, 1)))
    problem = "all pixels lie between 0.5 and 0.731, as if the sigmoid were applied twice."
    narrow = images.min() > 0.5 and 0.64 < images.max() < 0.7311
    check_true(name, not narrow, problem)
    check_close(
        name,
        z.std(axis=0),
        np.ones(d),
        rtol=0,
        atol=0.085,
        what="standard deviation of the codes",
        mistakes={
            "the codes are uniform between 0 and 1": np.full(d, 0.288675),
            "the codes are uniform between −1 and 1": np.full(d, 0.57735),
            "the codes are uniform between −3 and 3": np.full(d, 1.732051),
        },
    )
    check_close(name, z.mean(axis=0), np.zeros(d), rtol=0, atol=0.12, what="mean of the codes")
    within = np.mean(np.abs(z) < 1)
    what = "share of the codes between −1 and 1"
    uniform = {"the codes are uniform, with standard deviation 1": 0.57735}
    check_close(name, within, 0.6827, rtol=0, atol=0.03, what=what, mistakes=uniform)
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for n, d, shape, case in (
        (1, 1, (5,), "one flat image of a one-dimensional latent space"),
        (3, 8, (4, 2), "images without a channel"),
        (1, 5, (6, 6, 1), "one image"),
        (40, 2, (3, 4, 3), "images with three channels"),
    ):
        size = int(np.prod(shape))
        parts = [keras.Input((d,)), layers.Dense(size), layers.Reshape(shape)]
        decoder = keras.Sequential(parts)
        decoder.set_weights([rng.normal(size=(d, size)), rng.normal(size=size)])
        images = np.asarray(call(name, sample_images, decoder, n, d, 7, case=case), dtype=float)
        check_shape(name, images, (n, *shape), case=case)
        inside = images.min() >= 0 and images.max() <= 1
        check_true(name, inside, "some pixels lie outside of [0, 1].", case=case)
        matrix, bias = (w.astype(float) for w in decoder.get_weights())
        p = np.clip(images.reshape(n, -1), 1e-7, 1 - 1e-7)
        centred = np.log(p / (1 - p)) - bias
        sure = np.abs(np.log(p / (1 - p))).max() < 12  # beyond it float32 rounds
        fits = np.linalg.lstsq(matrix.T, centred.T, rcond=None)[0]
        problem = "no code decodes to these images."
        near = np.allclose(matrix.T @ fits, centred.T, atol=0.05)
        check_true(name, near or not sure, problem, case=case)

    case = "many codes of two dimensions"
    decoder = keras.Sequential([keras.Input((2,)), layers.Dense(2)])
    decoder.set_weights([0.5 * np.eye(2), np.zeros(2)])
    for weights, wanted in ((0.5, 0), (0.25, 0.5)):  # the same decoder with other weights
        decoder.set_weights([weights * np.eye(2), np.full(2, wanted)])
        images = np.asarray(call(name, sample_images, decoder, 5_000, 2, 11, case=case), float)
        z = (np.log(images) - np.log(1 - images) - wanted) / weights
        check_close(name, z.mean(axis=0), [0, 0], rtol=0, atol=0.075, what="mean", case=case)
        check_close(name, np.cov(z.T), np.eye(2), rtol=0, atol=0.11, what="covariance", case=case)
        lag = np.mean(z[1:] * z[:-1])
        problem = "codes that follow each other are not independent."
        check_true(name, abs(lag) < 0.06, problem, case=case)

    case = "seeds: 0, the largest, and between"
    seeds = (0, 1, 1000, 2**16, 2**31 - 1)
    found = [np.asarray(call(name, sample_images, decoder, 4, 2, s, case=case)) for s in seeds]
    problem = "different seeds give the same images."
    few = found[:-1]  # to Keras the last seed is 1, modulo 2**31 − 2
    unlike = all(not np.allclose(a, b) for i, a in enumerate(few) for b in few[:i])
    check_true(name, unlike, problem, case=case)
    # END HIDDEN TESTS


def check_reconstruct(reconstruct):
    """four images of 2 × 3 pixels through known networks: shape, range, value, repeated"""
    name = "reconstruct"

    def networks(shape, d, seed):
        x, z = keras.Input(shape), keras.Input((d,))
        h = layers.Flatten()(x)
        encoder = keras.Model(x, [layers.Dense(d)(h), layers.Dense(d)(h)])
        decoder = keras.Model(z, layers.Reshape(shape)(layers.Dense(h.shape[-1])(z)))
        rng = np.random.default_rng(seed)
        for model in (encoder, decoder):
            model.set_weights([0.7 * rng.normal(size=w.shape) for w in model.get_weights()])
        return encoder, decoder

    def logits_of(encoder, decoder, x, of=0):
        weights = [w.astype(float) for w in encoder.get_weights()]
        kernel, bias = (w.astype(float) for w in decoder.get_weights())
        h = np.reshape(x, (len(x), -1)).astype(float)
        heads = [h @ weights[i] + weights[i + 1] for i in (0, 2)]
        codes = [*heads, heads[0] + np.exp(heads[1] / 2)][of]
        return np.reshape(codes @ kernel + bias, np.shape(x))

    encoder, decoder = networks((2, 3, 1), 2, 0)
    x = np.random.default_rng(1).random((4, 2, 3, 1)).astype("float32")
    got = call(name, reconstruct, encoder, decoder, x)
    check_shape(name, got, x.shape)
    again = call(name, reconstruct, encoder, decoder, x)
    problem = "a second call on the same images gives other reconstructions. Decode the mean of the"
    problem += " posterior, not a sample."
    check_true(name, np.allclose(np.asarray(got), np.asarray(again)), problem)
    logits = logits_of(encoder, decoder, x)
    p = sigmoid(logits)
    check_close(
        name,
        got,
        p,
        rtol=1e-4,
        mistakes={
            "these are logits, not probabilities": logits,
            "the sigmoid is applied twice": sigmoid(p),
            "the probabilities are rounded to 0 and 1": np.round(p),
            "z_log_var is decoded in place of z_mean": sigmoid(logits_of(encoder, decoder, x, 1)),
            "the code is z_mean plus the standard deviation": sigmoid(
                logits_of(encoder, decoder, x, 2)
            ),
            "these are the images themselves": x,
            "the probabilities are inverted": 1 - p,
            "tanh stands where the sigmoid belongs": np.tanh(logits),
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(2)
    for shape, n, d, case in (
        ((7,), 4, 2, "flat images"),
        ((3, 4), 6, 1, "images without a channel, one latent dimension"),
        ((2, 4, 3), 3, 6, "images with three channels"),
        ((5, 2, 1), 1, 3, "one image"),
    ):
        encoder, decoder = networks(shape, d, n)
        for _ in "12":  # twice with the same networks, and other images
            x = rng.random((n, *shape)).astype("float32")
            logits = logits_of(encoder, decoder, x)
            p = sigmoid(logits)
            got = call(name, reconstruct, encoder, decoder, x, case=case)
            mistakes = {"these are logits, not probabilities": logits}
            check_close(name, got, p, rtol=2e-4, mistakes=mistakes, case=case)

    case = "a z_log_var that is very large"
    weights = encoder.get_weights()
    encoder.set_weights([*weights[:3], np.full_like(weights[3], 60)])
    p = sigmoid(logits_of(encoder, decoder, x))
    got = call(name, reconstruct, encoder, decoder, x, case=case)
    check_close(name, got, p, rtol=2e-4, case=case)
    # END HIDDEN TESTS
