"""The checks of 03_reparameterization, a function for each exercise."""

import keras
import numpy as np
import tensorflow as tf

from vaelib.checks import call, check_close, check_pair, check_shape, check_true, check_weights
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
            "the variance is used as the deviation": [
                *([0.867879, -1.911059, 7.911245], [-3.261938, 1.770671, -0.052453])
            ],
            "the factor ½ is applied twice": [
                *([1.278801, -1.580917, 3.318977], [-1.540831, 2.713061, -0.168449])
            ],
            "z_log_var is used as the deviation": [[-0.5, -1.3, 3.6], [-1.2, -2.5, -0.38]],
            "half of z_log_var is used as the deviation": [*([0, -1.15, 2.8], [-0.6, -0.5, -0.44])],
            "eps is subtracted": [
                *([-0.106531, -0.325071, -0.174625], [1.978466, 0.764241, -0.866421])
            ],
            "eps is not used": [[1.106531, 0.349859, 4.718282], [1.648721, 1.867879, 0.721403]],
            "eps is not used, and z is its mean": [[0.5, -1, 2], [0, 1.5, -0.5]],
            "eps is not multiplied by the deviation": [[1.5, -1.5, 2.8], [-1.2, 3.5, -0.2]],
            "eps is divided by the deviation": [
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
    for shape, case in (((1, 1), "one number"), ((5, 20), "more dimensions"), ((2, 3, 4), "draws")):
        z_mean, z_log_var, eps = rng.normal(size=(3, *shape)).astype("float32")
        variance = np.exp(z_log_var.astype(float))
        mistakes = {
            "the variance is used as the deviation": z_mean + variance * eps,
            "the factor ½ is applied twice": z_mean + variance**0.25 * eps,
            "eps is not used": z_mean + variance**0.5,
            "eps is not used, and z is its mean": z_mean,
        }
        got = call(name, reparameterize, z_mean, z_log_var, eps, case=case)
        expected = z_mean + np.sqrt(variance) * eps
        check_close(name, got, expected, rtol=1e-4, atol=1e-5, mistakes=mistakes, case=case)

    case = "variances close to 0"
    got = call(name, reparameterize, z_mean, np.full_like(eps, -200), eps, case=case)
    check_close(name, got, z_mean, case=case)
    # END HIDDEN TESTS


def check_score_function_gradient(score_function_gradient):
    """three samples, both gradients, f positive and negative, σ below 1"""
    name = "score_function_gradient"
    f_z, z = np.array([2, -1, 0.5]), np.array([1.5, -0.4, 0.2])
    for_mean, for_log_std = check_pair(name, call(name, score_function_gradient, f_z, z, 0.3, -0.5))
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
            "log_std is used as the deviation": [9.6, 2.8, -0.2],
            "the factor f(z) is missing": [3.261938, -1.902797, -0.271828],
            "f is multiplied by log q instead of its derivative": [-2.914326, 0.165979, 0.243204],
            "the mean is not subtracted from z": [8.154845, 1.087313, 0.271828],
            "the two gradients are in the wrong order": [5.828652, -0.331958, -0.486409],
            "the draws are averaged": 2.763587,
            "the draws are summed": 8.29076,
        },
    )
    check_close(
        name,
        for_log_std,
        [5.828652, -0.331958, -0.486409],
        what="gradient for log_std",
        mistakes={
            "the sign of the score is wrong": [-5.828652, 0.331958, 0.486409],
            "it is the gradient for the deviation instead of its logarithm": [
                *[9.609822, -0.547306, -0.801952]
            ],
            "it is the gradient for the logarithm of the variance": [
                *[2.914326, -0.165979, -0.243204]
            ],
            "the term −1 is missing": [7.828652, -1.331958, 0.013591],
            "the term −1 is −1/σ, the derivative with respect to σ": [
                *[4.531209, 0.316763, -0.810769]
            ],
            "the sign of the squared distance is wrong": [-9.828652, 2.331958, -0.513591],
            "the factor ½ on the squared distance is missing": [13.657303, -1.663916, -0.472817],
            "the sign of the term 1 is wrong": [9.828652, -2.331958, 0.513591],
            "the factor 2 is missing on the squared distance": [1.914326, 0.334021, -0.493204],
            "the distance is not squared": [1.956931, 2.154105, -0.582436],
            "the squared distance is divided by σ instead of σ²": [
                *[2.748317, 0.192127, -0.491756]
            ],
            "the squared distance is divided by σ⁴": [19.280482, -2.620637, -0.463055],
            "log_std is used as the deviation": [9.52, -0.96, -0.48],
            "the factor f(z) is missing": [2.914326, 0.331958, -0.972817],
            "the mean is not subtracted from z": [10.232268, 0.565075, -0.445634],
            "the draws are averaged": 1.670095,
            "the draws are summed": 5.010285,
        },
    )
    # BEGIN HIDDEN TESTS
    # Gauss–Hermite nodes in place of draws: their weighted sum is the expectation, exactly.
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    for mean, log_std, case in ((0.7, -1.2, "a narrow q"), (-1.5, 0.4, "a wide q")):
        std = np.exp(log_std)
        z = mean + std * nodes
        known = {
            "E[z²]": (z**2, 2 * mean, 2 * std**2),
            "E[cos z]": (
                np.cos(z),
                -np.sin(mean) * np.exp(-(std**2) / 2),
                -(std**2) * np.cos(mean) * np.exp(-(std**2) / 2),
            ),
        }
        for text, (f_z, slope_mean, slope_log_std) in known.items():
            got = call(name, score_function_gradient, f_z, z, mean, log_std, case=case)
            for per_draw, slope, what, wrong in (
                (check_pair(name, got, case=case)[0], slope_mean, "mean", {}),
                (
                    check_pair(name, got, case=case)[1],
                    slope_log_std,
                    "log_std",
                    {
                        "it is the gradient for the deviation instead of its logarithm": (
                            slope_log_std / std
                        ),
                        "the term −1 is missing": slope_log_std + weights @ f_z,
                    },
                ),
            ):
                wrong["the sign of the score is wrong"] = -slope
                what = f"mean of the gradients of {text} for {what}"
                check_close(
                    name,
                    weights @ np.asarray(per_draw, dtype=float),
                    slope,
                    rtol=1e-3,
                    atol=1e-4,
                    what=what,
                    mistakes=wrong,
                    case=case,
                )

    case = "one draw"
    got = call(name, score_function_gradient, np.ones(1), np.full(1, 0.5), 0.0, 0.0, case=case)
    got = np.array([np.asarray(g, dtype=float) for g in check_pair(name, got, case=case)])
    check_close(name, got, [[0.5], [-0.75]], case=case)
    # END HIDDEN TESTS


def check_pathwise_gradient(pathwise_gradient):
    """three samples, both gradients, slopes and noise of both signs, σ below 1"""
    name = "pathwise_gradient"
    df_dz, eps = np.array([2, -1, 0.5]), np.array([1.5, -0.4, 0.2])
    for_mean, for_log_std = check_pair(name, call(name, pathwise_gradient, df_dz, eps, -0.5))
    check_close(
        name,
        for_mean,
        [2, -1, 0.5],
        what="gradient for mean",
        mistakes={
            "the factor eps is there, which belongs to log_std alone": [3, 0.4, 0.1],
            "the deviation is there, which belongs to log_std alone": [
                *[1.213061, -0.606531, 0.303265]
            ],
            "the two gradients are in the wrong order": [1.819592, 0.242612, 0.060653],
            "the derivative of z is returned without that of f": [1, 1, 1],
            "the draws are averaged": 0.5,
            "the draws are summed": 1.5,
        },
    )
    check_close(
        name,
        for_log_std,
        [1.819592, 0.242612, 0.060653],
        what="gradient for log_std",
        mistakes={
            "the factor eps is missing": [1.213061, -0.606531, 0.303265],
            "it is the gradient for the deviation instead of its logarithm": [3, 0.4, 0.1],
            "it is the gradient for the logarithm of the variance": [
                *[0.909796, 0.121306, 0.030327]
            ],
            "the variance is used as the deviation": [1.103638, 0.147152, 0.036788],
            "log_std is used as the deviation": [-1.5, -0.2, -0.05],
            "eps is squared": [2.729388, -0.097045, 0.012131],
            "it is divided by the deviation": [4.946164, 0.659489, 0.164872],
            "the derivative of z is returned without that of f": [0.909796, -0.242612, 0.121306],
            "the draws are averaged": 0.707619,
            "the draws are summed": 2.122857,
        },
    )
    # BEGIN HIDDEN TESTS
    # Gauss–Hermite nodes in place of draws: their weighted sum is the expectation, exactly.
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    for mean, log_std, case in ((0.7, -1.2, "a narrow q"), (-1.5, 0.4, "a wide q")):
        std = np.exp(log_std)
        z = mean + std * nodes
        known = {
            "E[z²]": (2 * z, 2 * mean, 2 * std**2),
            "E[cos z]": (
                -np.sin(z),
                -np.sin(mean) * np.exp(-(std**2) / 2),
                -(std**2) * np.cos(mean) * np.exp(-(std**2) / 2),
            ),
        }
        for text, (df_dz, *slopes) in known.items():
            got = call(name, pathwise_gradient, df_dz, nodes, log_std, case=case)
            got = check_pair(name, got, case=case)
            for per_draw, slope, of in zip(got, slopes, ("mean", "log_std"), strict=True):
                wrong = "it is the gradient for the deviation instead of its logarithm"
                check_close(
                    name,
                    weights @ np.broadcast_to(np.asarray(per_draw, dtype=float), nodes.shape),
                    slope,
                    rtol=1e-3,
                    atol=1e-4,
                    what=f"mean of the gradients of {text} for {of}",
                    mistakes={wrong: slope / std} if of == "log_std" else None,
                    case=case,
                )
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
            "it is the plain mean, with the draw itself in it": [4.5, 4.5, 4.5, 4.5],
            "it is the plain mean, with the draw itself in it, as one number": 4.5,
            "the sum of the others is divided by n": [4.25, 3.5, 3.5, 2.25],
            "the sum of the others is not divided": [17, 14, 14, 9],
            "the sum of all draws is divided by n − 1": [6, 6, 6, 6],
            "the baseline is subtracted from f already": [-4.666667, -0.666667, -0.666667, 6],
            "it is minus that: b − f": [4.666667, 0.666667, 0.666667, -6],
            "only the draws before this one are used": [0, 1, 2.5, 3],
            "it is the median of the others": [4, 4, 4, 4],
            "draws of equal value are left out, too": [5.666667, 5, 5, 3],
        },
    )
    # BEGIN HIDDEN TESTS
    case = "two draws"
    got = call(name, leave_one_out_baseline, np.array([3, -7], dtype="float32"), case=case)
    check_close(name, got, [-7, 3], case=case)

    rng = np.random.default_rng(0)
    case = "more draws"
    f_z = rng.normal(size=50).astype("float32")
    others = np.array([np.delete(f_z, i).astype(float).mean() for i in range(50)])
    mistakes = {
        "it is the plain mean, with the draw itself in it": np.full(50, f_z.mean()),
        "the sum of the others is divided by n": others * 49 / 50,
    }
    before = call(name, leave_one_out_baseline, f_z, case=case)
    check_close(name, before, others, rtol=1e-4, atol=1e-5, mistakes=mistakes, case=case)

    case = "the baseline of a draw does not look at that draw, so the estimate is unbiased"
    f_z[7] += 3
    after = call(name, leave_one_out_baseline, f_z, case=case)
    check_close(
        name, np.asarray(after)[7], others[7], rtol=1e-4, atol=1e-5, what="its value", case=case
    )
    # END HIDDEN TESTS


def check_Sampling(Sampling):
    """mean and deviation of 4,000 codes, seeds, a second call, both gradients"""
    name = "Sampling"
    n = 4000
    z_mean = np.tile(np.array([[-2, 0, 3]], dtype="float32"), (n, 1))
    z_log_var = np.tile(np.array([[-1.5, 0.8, 0.4]], dtype="float32"), (n, 1))
    layer = call(name, Sampling, 3)
    check_true(name, isinstance(layer, keras.layers.Layer), "expected a Keras layer.")
    z = call(name, layer, [z_mean, z_log_var])
    check_shape(name, z, (n, 3))
    z = np.asarray(z, dtype=float)
    check_true(name, np.all(np.isfinite(z)), "not every number of the code is finite.")
    eps = (z - z_mean) / np.exp(z_log_var / 2)
    problem = "z_mean is returned without any draw."
    check_true(name, not np.allclose(eps, 0, atol=1e-3), problem)
    problem = "one eps is used for the whole batch. Every image needs its own: draw in the shape of"
    check_true(name, np.ptp(eps, axis=0).min() > 1e-3, f"{problem} z_mean.")
    problem = "one eps is used for all numbers of a code. Draw in the shape of z_mean."
    check_true(name, np.ptp(eps, axis=1).max() > 1e-3, problem)

    # A right answer leaves each of these bands in fewer than 1 run of a million.
    check_close(
        name,
        z.std(axis=0),
        [0.472367, 1.491825, 1.221403],
        rtol=0.065,
        what="standard deviation of 4000 codes",
        mistakes={
            "the variance is used as the deviation": [0.22313, 2.225541, 1.491825],
            "the factor ½ is applied twice": [0.687289, 1.221403, 1.105171],
            "z_log_var is used as the deviation": [1.5, 0.8, 0.4],
            "half of z_log_var is used as the deviation": [0.75, 0.4, 0.2],
            "eps is not multiplied by the deviation": [1, 1, 1],
            "eps is divided by the deviation": [2.117, 0.67032, 0.818731],
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
    problem = "the second call gives the same codes. Draw inside `call`, with"
    problem += " `seed=self.seed_generator` and no fixed number."
    check_true(name, not np.allclose(again, z), problem)
    twin = np.asarray(call(name, call(name, Sampling, 3), [z_mean, z_log_var]), dtype=float)
    problem = "the same seed gives other codes. Give `seed=self.seed_generator` to the draw."
    check_true(name, np.allclose(twin, z), problem)
    other = np.asarray(call(name, call(name, Sampling, 4), [z_mean, z_log_var]), dtype=float)
    problem = "another seed gives the same codes. Give `seed=self.seed_generator` to the draw."
    check_true(name, not np.allclose(other, z), problem)

    inputs = [tf.constant(z_mean), tf.constant(z_log_var)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        drawn = call(name, layer, inputs)
        hint = "Is numpy used, here or in `reparameterize`?"
        problem = f"expected a tensor, so that gradients can pass. {hint}"
        check_true(name, tf.is_tensor(drawn), problem)
        total = tf.reduce_sum(drawn)
    gradients = tape.gradient(total, inputs)
    for gradient, of in zip(gradients, ("z_mean", "z_log_var"), strict=True):
        problem = f"no gradient reaches {of}. Something on the way stops it. {hint}"
        check_true(name, gradient is not None, problem)
    drawn = np.asarray(drawn, dtype=float)
    check_close(name, gradients[0], np.ones((n, 3)), what="gradient for z_mean", rtol=1e-4)
    check_close(
        name,
        gradients[1],
        (drawn - z_mean) / 2,
        what="gradient for z_log_var",
        rtol=1e-3,
        atol=1e-4,
        mistakes={"the gradient for z_log_var is stopped": np.zeros((n, 3))},
    )
    # BEGIN HIDDEN TESTS
    case = "inside a compiled function"
    graph = tf.function(lambda: layer(inputs), autograph=False)
    compiled = call(name, graph.get_concrete_function, case=case)
    first, second = (np.asarray(call(name, compiled, case=case)) for _ in range(2))
    problem = (
        "every call gives the same codes, since the draw is made when the function is compiled."
    )
    check_true(name, not np.allclose(first, second), problem, case=case)
    within = np.mean(np.abs((first - z_mean) / np.exp(z_log_var / 2)) < 1)
    # 0.683 for a normal eps; 12,000 draws leave this band in fewer than 1 run of a million.
    check_close(
        name, within, 0.6827, rtol=0, atol=0.023, what="share of eps between −1 and 1", case=case
    )

    for shape, case in (((7, 1), "a code of one number"), ((2, 50), "a longer code")):
        mean, log_var = np.ones(shape, dtype="float32"), np.zeros(shape, dtype="float32")
        got = call(name, layer, [mean, log_var], case=case)
        check_shape(name, got, shape, case=case)
        problem = "the codes of the batch are alike."
        check_true(name, np.ptp(np.asarray(got), axis=0).min() > 1e-6, problem, case=case)

    case = "variances close to 0"
    got = call(name, layer, [mean, log_var - 200], case=case)
    check_close(name, got, mean, case=case)
    # END HIDDEN TESTS


def check_negative_elbo(negative_elbo):
    """two images of 2 × 2 pixels, three of 28 × 28 with zero logits, gradients"""
    name = "negative_elbo"
    x = np.array([[0, 1, 0.3, 0.8], [1, 0, 0.5, 1]], dtype="float32").reshape(2, 2, 2, 1)
    logits = np.array([[-1, 2, 0.5, 1.5], [0.2, -3, 1, 0.4]], dtype="float32").reshape(2, 2, 2, 1)
    z_mean = np.array([[0.5, -1, 0.2], [1.5, 0.3, -0.4]], dtype="float32")
    z_log_var = np.array([[-1, 0.4, -0.3], [0.2, -1.5, 0.6]], dtype="float32")
    got = call(name, negative_elbo, x, logits, z_mean, z_log_var)
    shape = tuple(getattr(got, "shape", ()))
    problem = f"got shape {shape}, expected (2,): one value for each image. `keras.losses` average"
    check_true(name, len(shape) < 3, f"{problem} over the last axis alone: flatten the images.")
    check_close(
        name,
        got,
        [2.660941, 3.706329],
        mistakes={
            "the KL term is subtracted": [0.870419, 0.239677],
            "the sign is wrong: this is the ELBO, not minus the ELBO": [-2.660941, -3.706329],
            "the pixels are averaged instead of summed": [1.336681, 2.226577],
            "the KL term is averaged over the numbers of the code": [2.0641, 2.550778],
            "both terms are averaged instead of summed": [0.73984, 1.071026],
            "the KL term is missing": [1.76568, 1.973003],
            "the reconstruction is missing": [0.895261, 1.733326],
            "the factor ½ of the KL term is missing": [3.556202, 5.439655],
            "the factor ½ of the KL term is applied twice": [2.213311, 2.839666],
            "the logits go through a sigmoid first": [3.473144, 4.10249],
            "the reconstruction is the squared error": [1.086089, 2.152664],
            "exp(z_log_var) is used as the deviation": [3.265524, 4.853868],
            "z_log_var is used as the variance": [3.655943, 4.762802],
            "the sign of z_log_var in the KL term is wrong": [1.760941, 3.006329],
            "z_mean is missing in the KL term": [2.015941, 2.456329],
            "q and the prior are swapped in the KL term": [2.886853, 4.214272],
            "1 is handed over as the prior's log-variance": [2.931302, 3.383719],
            "images and logits are swapped": [1.577126, 4.927073],
            "exp(z_log_var) is handed over as a log-variance": [3.604178, 5.503115],
            "the images are averaged, too": 3.183635,
            "the images are summed, too": 6.36727,
        },
    )
    x = np.random.default_rng(1).random((3, 28, 28, 1)).astype("float32")
    zeros = np.zeros((3, 2), dtype="float32")
    check_close(
        name,
        call(name, negative_elbo, x, 0 * x, zeros, zeros),
        [543.427390, 543.427390, 543.427390],
        rtol=1e-6,
        what="with logits, means and log-variances of 0",
        mistakes={
            "the pixels are averaged instead of summed": [0.693147, 0.693147, 0.693147],
            "the sign is wrong: this is the ELBO, not minus the ELBO": [
                *[-543.427390, -543.427390, -543.427390]
            ],
            "the images are averaged, too": 543.427390,
            "the images are summed, too": 1630.282169,
        },
    )

    hint = "Is numpy or `stop_gradient` used? Write it with `ops`, which the tape can follow."
    x = tf.random.stateless_uniform((3, 28, 28, 1), seed=(1, 2))
    inputs = [x - 0.5, tf.ones((3, 2)), tf.ones((3, 2))]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        try:
            loss = negative_elbo(x, *inputs)
        except Exception as error:
            problem = f"with tensors it raised {type(error).__name__}. {hint}"
            check_true(name, False, problem)
        check_true(name, tf.is_tensor(loss), f"expected a tensor, to train through it. {hint}")
    for gradient, of in zip(
        tape.gradient(loss, inputs), ("logits", "z_mean", "z_log_var"), strict=True
    ):
        check_true(name, gradient is not None, f"no gradient reaches {of}. {hint}")
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for shape, d, case in (((28, 28, 1), 10, "images"), ((6,), 1, "flat images, a short code")):
        x = rng.random((4, *shape)).astype("float32")
        logits = rng.normal(scale=3, size=x.shape).astype("float32")
        z_mean, z_log_var = rng.normal(size=(2, 4, d)).astype("float32")
        axes = tuple(range(1, x.ndim))
        p = 1 / (1 + np.exp(-logits.astype(float)))
        each = -(x * np.log(p) + (1 - x) * np.log1p(-p))
        variance = np.exp(z_log_var.astype(float))
        kl = 0.5 * (variance + z_mean**2 - np.log(variance) - 1)
        expected = each.sum(axes) + kl.sum(-1)
        mistakes = {
            "the KL term is subtracted": each.sum(axes) - kl.sum(-1),
            "the KL term is missing": each.sum(axes),
            "the pixels are averaged instead of summed": each.mean(axes) + kl.sum(-1),
            "the KL term is averaged over the numbers of the code": each.sum(axes) + kl.mean(-1),
        }
        got = call(name, negative_elbo, x, logits, z_mean, z_log_var, case=case)
        check_close(name, got, expected, rtol=1e-4, mistakes=mistakes, case=case)

    case = "logits of ±1000"
    x = np.array([[1, 0, 1], [0, 0, 1]], dtype="float32")
    logits = np.array([[1000, -1000, -1000], [1000, -1000, 1000]], dtype="float32")
    zeros = np.zeros((2, 4), dtype="float32")
    got = call(name, negative_elbo, x, logits, zeros, zeros, case=case)
    check_close(name, got, [1000, 1000], rtol=1e-5, case=case)
    # END HIDDEN TESTS


def check_build_vae_mlp(build_vae_mlp):
    """latent_dim 2: shapes of all weights, and both outputs and logits under known weights"""
    name = "build_vae_mlp"

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
        check_encoder(encoder, latent_dim, case)
        check_decoder(decoder, latent_dim, case)

    def check_encoder(encoder, latent_dim, case):
        head = [(512, latent_dim), (latent_dim,)]
        shapes = [(784, 512), (512,), *head, *head]
        weights = random_weights(shapes, seed=latent_dim)
        encoder.set_weights(weights)
        x = np.random.default_rng(1).random((3, 28, 28, 1)).astype("float32")
        got = call(name, lambda x: encoder(x, training=True), x, case=case)
        got = check_pair(name, got, what="the encoder's output", case=case)
        got = [np.asarray(g, dtype=float) for g in got]

        def heads(hidden, last):
            return [
                dense_forward(x, [*weights[:2], *weights[i : i + 2]], hidden=hidden, last=last)
                for i in (2, 4)
            ]

        problem = "both outputs are the same tensor. z_log_var needs its own head."
        check_true(
            name, got[0].shape != got[1].shape or np.ptp(got[0] - got[1]) > 1e-6, problem, case=case
        )
        expected = heads(relu, identity)
        variants = {
            "a ReLU stands on a head": heads(relu, relu),
            "a tanh stands on a head": heads(relu, np.tanh),
            "a softplus stands on a head": heads(relu, lambda h: np.logaddexp(0, h)),
            "exp is applied to a head": heads(relu, np.exp),
            "the hidden layer has no activation": heads(identity, identity),
        }
        # The layers may be made in either order: only what is returned first is z_mean.
        close = lambda a, b: a.shape == b.shape and np.allclose(a, b, rtol=3e-3, atol=3e-3)
        if any(close(got[0], value[1]) for value in (expected, *variants.values())):
            expected.reverse()
            for value in variants.values():
                value.reverse()
        for i, what in enumerate(("z_mean", "z_log_var")):
            check_close(
                name,
                got[i],
                expected[i],
                rtol=3e-3,
                atol=3e-3,
                what=what,
                mistakes={text: value[i] for text, value in variants.items()},
                case=case,
            )

    def check_decoder(decoder, latent_dim, case):
        shapes = [(latent_dim, 512), (512,), (512, 784), (784,)]
        weights = random_weights(shapes, seed=latent_dim)
        decoder.set_weights(weights)
        z = np.random.default_rng(2).normal(size=(3, latent_dim)).astype("float32")
        got = call(name, lambda z: decoder(z, training=True), z, case=case)
        check_shape(name, got, (3, 28, 28, 1), what="logits", case=case)

        def image(hidden, last):
            return dense_forward(z, weights, hidden=hidden, last=last).reshape(3, 28, 28, 1)

        check_close(
            name,
            got,
            image(relu, identity),
            rtol=3e-3,
            atol=3e-3,
            what="logits",
            mistakes={
                "a sigmoid stands on the logits": image(relu, sigmoid),
                "a ReLU stands on the logits": image(relu, relu),
                "the decoder's hidden layer has no activation": image(identity, identity),
            },
            case=case,
        )

    check_case(2)
    # BEGIN HIDDEN TESTS
    check_case(1, "a code of one number")
    check_case(10, "a longer code")
    # END HIDDEN TESTS
