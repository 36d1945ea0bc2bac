"""The checks of 02_elbo, a function for each exercise."""

import numpy as np
from scipy import special, stats

from vaelib.checks import call, check_close, check_shape, check_true


def check_log_normal_pdf(log_normal_pdf):
    """two points in three dimensions, with means and variances all different"""
    x = np.array([[0.5, -1, 2], [0, 0, 0]], dtype="float32")
    mean = np.array([[0, 0.5, 1], [1, -1, 0.5]], dtype="float32")
    log_var = np.array([[0.5, 1, 2], [2, 0.4, 1.2]], dtype="float32")
    check_close(
        "log_normal_pdf",
        call("log_normal_pdf", log_normal_pdf, x, mean, log_var),
        [-5.064164, -4.997293],
        mistakes={
            "the term log 2π is missing": [-2.307348, -2.240477],
            "the term log 2π is counted once, not in each dimension": [-3.226287, -3.159415],
            "the term log σ² is missing": [-3.314164, -3.197293],
            "the sign of the term log σ² is wrong": [-1.564164, -1.397293],
            "the factor ½ on log_var is missing": [-6.814164, -6.797293],
            "log_var is used as the variance": [-4.381816, -4.340571],
            "log_var is used as the standard deviation": [-4.506816, -6.052799],
            "exp(log_var) is used as the standard deviation": [-6.464211, -6.601978],
            "the squared distance is missing": [-4.506816, -4.556816],
            "the sign of the squared distance is wrong": [-3.949467, -4.116339],
            "the distance is not squared": [-4.450206, -4.749009],
            "the squared distance is not divided by the variance": [-6.256816, -5.681816],
            "the squared distance is multiplied by the variance": [-11.465501, -9.412271],
            "the squared distance is divided by σ instead of σ²": [-5.470452, -5.218722],
            "the factor ½ on the squared distance is missing": [-5.621512, -5.43777],
            "the factor ½ is missing": [-10.128328, -9.994585],
            "the dimensions are averaged instead of summed": [-1.688055, -1.665764],
            "the logarithm is not taken": [0.006319, 0.006756],
            "the sign is wrong": [5.064164, 4.997293],
            "the values are summed over the batch, too": -10.061457,
            "the values are averaged over the batch, too": -5.030728,
        },
    )
    # BEGIN HIDDEN TESTS
    name = "log_normal_pdf"
    rng = np.random.default_rng(0)

    def check_case(case, shape, low=0.2, high=2.0, far=0.0, rounded=0.0):
        log_var = rng.uniform(low, high, size=shape).astype("float32")
        deviation = np.exp(log_var.astype(float) / 2)
        mean = (rng.normal(size=shape) * deviation).astype("float32")
        x = (mean + (rng.normal(size=shape) + far) * deviation).astype("float32")
        each = stats.norm.logpdf(x.astype(float), mean, deviation)
        mistakes = {"all axes but the first are summed": each.reshape(shape[0], -1).sum(axis=1)}
        if rounded:
            problem = (
                "a density or a product is computed before its logarithm, and over- or underflows"
            )
            mistakes[problem] = np.full(shape[:-1], rounded)
        got = call(name, log_normal_pdf, x, mean, log_var, case=case)
        check_close(name, got, each.sum(-1), rtol=1e-4, atol=1e-4, mistakes=mistakes, case=case)

    check_case("a single point", (7,))
    check_case("two batch axes", (2, 4, 6))
    check_case("the same shape, other values", (2, 4, 6))
    check_case("three batch axes", (5, 2, 3, 7))
    check_case("one point in the batch", (1, 4))
    check_case("one dimension", (4, 1))
    check_case("very narrow Gaussians", (3, 5), low=-30, high=-29)
    check_case("very wide Gaussians", (3, 5), low=29, high=30)
    check_case("narrow and wide dimensions side by side", (3, 5), low=-9, high=9)
    check_case("points far from the mean", (3, 5), far=60, rounded=-np.inf)
    check_case("784 dimensions, narrow", (3, 784), low=-6, high=-1, rounded=np.inf)
    check_case("784 dimensions, wide", (3, 784), low=1, high=6, rounded=-np.inf)
    # END HIDDEN TESTS


def check_kl_divergence(kl_divergence):
    """two pairs of Gaussians in three dimensions, none of them standard"""
    q_mean = np.array([[1, -0.5, 0.3], [0, 2, -1]], dtype="float32")
    q_log_var = np.array([[0.5, 1, 0.2], [1.5, 0.2, 0.8]], dtype="float32")
    p_mean = np.array([[0, 0.5, 0], [1, 1, 0.5]], dtype="float32")
    p_log_var = np.array([[1, 0.4, 0.6], [0.3, 0.8, 1.1]], dtype="float32")
    check_close(
        "kl_divergence",
        call("kl_divergence", kl_divergence, q_mean, q_log_var, p_mean, p_log_var),
        [0.743281, 1.624427],
        mistakes={
            "q and p are swapped": [0.718727, 1.413011],
            "the factor ½ is missing": [1.486562, 3.248854],
            "the factor ½ is applied twice": [0.371641, 0.812213],
            "the factor ½ on the squared distance is missing": [1.287077, 2.59398],
            "the factor ½ stands on the squared distance alone": [0.942766, 2.2793],
            "the dimensions are averaged instead of summed": [0.24776, 0.541476],
            "the sign is wrong": [-0.743281, -1.624427],
            "log_var is used as the variance": [2.429401, 4.850685],
            "exp(log_var) is used as the standard deviation": [1.174549, 4.636599],
            "the ratio is that of the standard deviations": [0.667491, 1.031376],
            "the ratio of the variances is upside down": [1.038475, 1.056139],
            "q's variance is not divided by p's": [1.987999, 3.28387],
            "p is taken for N(0, I)": [1.114203, 3.714316],
            "p's mean is taken for 0": [0.491911, 1.719967],
            "p's variance is taken for 1": [1.489203, 3.339316],
            "the distance is not squared": [0.130586, 0.259475],
            "the squared distance is not divided by p's variance": [1.244485, 2.779873],
            "the squared distance is multiplied by p's variance": [2.386533, 5.82226],
            "the squared distance is divided by p's standard deviation": [0.945452, 2.069456],
            "the squared distance is divided by q's variance": [0.723533, 1.681299],
            "the squared distance is missing": [0.199485, 0.654873],
            "the sign of the squared distance is wrong": [-0.344312, -0.31468],
            "the logarithm is missing": [0.593281, 1.774427],
            "the sign of the logarithm is wrong": [0.443281, 1.924427],
            "the logarithm is halved": [0.668281, 1.699427],
            "the term −1 is missing": [2.243281, 3.124427],
            "the term −1 is counted once, not in each dimension": [1.743281, 2.624427],
            "the values are averaged over the batch, too": 1.183854,
            "the values are summed over the batch, too": 2.367708,
        },
    )
    # BEGIN HIDDEN TESTS
    name = "kl_divergence"
    rng = np.random.default_rng(0)

    def check_case(case, shape, q_level=0.9, p_level=0.6, width=0.5, rounded=False):
        q_log_var = rng.uniform(q_level - width, q_level + width, size=shape).astype("float32")
        p_log_var = rng.uniform(p_level - width, p_level + width, size=shape).astype("float32")
        sigma_q, sigma_p = np.exp(q_log_var.astype(float) / 2), np.exp(p_log_var.astype(float) / 2)
        q_mean = (rng.normal(size=shape) * sigma_p).astype("float32")
        p_mean = (rng.normal(size=shape) * sigma_p).astype("float32")
        # The cross-entropy minus the entropy: another route than the formula of the exercise.
        cross_entropy = (sigma_q / sigma_p) ** 2 / 2
        cross_entropy -= stats.norm.logpdf(q_mean.astype(float), p_mean, sigma_p)
        each = cross_entropy - stats.norm(0, sigma_q).entropy()
        mistakes = {"all axes but the first are summed": each.reshape(shape[0], -1).sum(axis=1)}
        if rounded:
            problem = (
                "a product of variances is computed before its logarithm, and over- or underflows"
            )
            mistakes[problem] = np.full(shape[:-1], np.nan)
        got = call(name, kl_divergence, q_mean, q_log_var, p_mean, p_log_var, case=case)
        check_close(name, got, each.sum(-1), rtol=1e-4, atol=1e-4, mistakes=mistakes, case=case)

    check_case("a single pair", (3,))
    check_case("two batch axes", (2, 4, 6))
    check_case("the same shape, other values", (2, 4, 6))
    check_case("three batch axes", (5, 2, 3, 7))
    check_case("one pair in the batch", (1, 4))
    check_case("one dimension", (4, 1))
    check_case("a very narrow q", (3, 5), q_level=-30)
    check_case("a very wide q", (3, 5), q_level=30)
    check_case("a very narrow p", (3, 5), p_level=-30)
    check_case("a very wide p", (3, 5), p_level=30)
    check_case("q and p very narrow", (3, 5), q_level=-30, p_level=-30)
    check_case("q and p very wide", (3, 5), q_level=30, p_level=30)
    check_case("784 dimensions, narrow", (3, 784), q_level=-3, p_level=-3, width=2, rounded=True)
    check_case("784 dimensions, wide", (3, 784), q_level=3, p_level=3, width=2, rounded=True)

    case = "q equal to p"
    q_mean, q_log_var = rng.normal(size=(2, 3, 5)).astype("float32")
    same = call(name, kl_divergence, q_mean, q_log_var, q_mean, q_log_var, case=case)
    check_close(name, same, np.zeros(3), atol=1e-5, case=case)
    # END HIDDEN TESTS


def check_kl_monte_carlo(kl_monte_carlo):
    """mean and spread of 200 estimates from 50 samples each, and a repeated seed"""
    name = "kl_monte_carlo"

    # Drawn, since the streams of neighbouring seeds overlap in some generators.
    seeds = [int(seed) for seed in np.random.default_rng(0).integers(2**31, size=400)]

    def estimates(q_mean, q_log_var, n, seeds, case=None):
        """The estimate of each seed."""
        q = [np.array(a, dtype="float32") for a in (q_mean, q_log_var)]
        got = [call(name, kl_monte_carlo, *q, n, seed, steady=False, case=case) for seed in seeds]
        check_shape(name, got[0], (), case=case)
        got = np.array(got, dtype=float)
        check_true(name, np.all(np.isfinite(got)), "the estimate is not finite.", case=case)
        return got

    # A right answer leaves each of these bands in fewer than 1 run of a million.
    q = [1, 1.5, -1.3], [-0.9, -0.9, 1.3]
    runs = estimates(*q, 50, seeds[:200])
    check_true(
        name, np.ptp(runs) > 0, "every seed gives the same value. Use the seed for the draws."
    )
    summed = abs(runs.mean() / 50 - 3.461) < 0.205
    check_true(name, not summed, "the draws are summed instead of averaged.")
    spread = runs.std() * 50**0.5
    one_draw = abs(runs.mean() - 3.461) < 1.5 and 17 < spread < 31
    check_true(name, not one_draw, "one draw is used n times. Draw n of them.")
    check_close(
        name,
        [runs.mean(), spread],
        [3.461, 3.382],
        rtol=[0, 0.3],
        atol=[0.205, 0],
        what="mean of 200 seeds, and their standard deviation times the root of n",
        mistakes={
            "z is drawn from p instead of q": [-5.071, 4.709],
            "the ratio of the densities is upside down": [-3.461, 3.382],
            "one eps is used for all dimensions": [3.461, 1.379],
            "the dimensions are averaged instead of summed": [1.154, 1.127],
            "the variance is used as the standard deviation": [7.376, 8.458],
            "log_var is used as the standard deviation": [2.153, 2.77],
            "eps is not multiplied by the standard deviation": [1.625, 2.709],
            "eps is divided by the standard deviation": [-0.77, 4.621],
            "q_mean is not added to the draws": [-3.239, 3.518],
            "the variance of p is taken for e instead of 1": [1.983, 1.344],
            "the mean of p is taken for that of q": [0.991, 1.981],
            "log p(z) is missing": [-4.006, 1.226],
            "log q(z) is missing": [7.467, 3.802],
            "the factor ½ is missing": [6.922, 6.764],
            "the factor ½ is applied twice": [1.7305, 1.691],
        },
    )
    again = call(name, kl_monte_carlo, *[np.array(a, dtype="float32") for a in q], 50, seeds[0])
    check_true(name, np.allclose(again, runs[0]), "the same seed gives other draws.")
    # BEGIN HIDDEN TESTS
    for case, n, count in (("one draw", 1, 400), ("forty draws", 40, 100)):
        # For this q the exact value is 0.625, and the variance of one draw is exactly 1.25.
        got = estimates([1, -0.5], [0, 0], n, seeds[:count], case=case)
        right = np.sqrt(1.25 / n)
        error = 6 * right / np.sqrt(count)
        check_close(name, got.mean(), 0.625, atol=error, rtol=0, what="mean", case=case)
        wrong = {
            "the number of draws is fixed": np.sqrt(1.25 / 50),
            "one eps is used for all dimensions": 0.5 / np.sqrt(n),
            "one draw too many is taken": np.sqrt(1.25 / (n + 1)),
            "the draws are not independent of each other": 0,
        }
        check_close(
            name,
            got.std(),
            right,
            rtol=4.5 / np.sqrt(count),  # more than six standard deviations
            what="standard deviation of the estimates",
            mistakes=wrong,
            case=case,
        )
        problem = "no estimate is below 0: the KL never is, but an estimate from one draw can be."
        check_true(name, n > 1 or got.min() < 0, problem, case=case)

    def check_case(case, q_mean, q_log_var, n, seed):
        """One estimate, which lies within six standard deviations of the exact value."""
        q = [np.array(a, dtype="float32") for a in (q_mean, q_log_var)]
        mean, log_var = (a.astype(float) for a in q)
        variance = np.exp(log_var)
        each = 0.5 * (variance - 1 - log_var + mean**2)
        error = 6 * np.sqrt(np.sum(0.5 * (variance - 1) ** 2 + mean**2 * variance) / n)
        got = call(name, kl_monte_carlo, *q, n, seed, case=case)
        check_close(name, got, each.sum(), rtol=0, atol=error, case=case)

    check_case("one dimension", [0.7], [-0.6], n=3000, seed=1)
    five = [0.5, -1, 0, 2, 0.3], [0.4, -0.7, 1.1, -0.2, 0]
    check_case("five dimensions", *five, n=8000, seed=2)
    check_case("the same shape, other values", [-3, 0, 1, 2, 4], five[1], n=8000, seed=2)
    check_case("a very narrow q", [0, 2e-7, -3e-7], [-30, -29, -30], n=1000, seed=3)
    check_case("a very wide q", [0, 1, -1], [30, 29, 30], n=1000, seed=3)
    check_case("means far from 0", [100.03, -60.02, 30.01], [-7, -7, -6], n=1000, seed=4)

    case = "seeds: 0, the largest, and between"
    q_mean = np.array(five[0], dtype="float32")
    values = [
        float(call(name, kl_monte_carlo, q_mean, 0 * q_mean, 5, seed, case=case))
        for seed in (0, 1, 1000, 2**16, 2**31 - 3, 2**31 - 1)
    ][:-1]  # to Keras the last seed is 1, modulo 2**31 − 2
    ignored = len(set(values)) < len(values)
    check_true(name, not ignored, "another seed gives the same draws.", case=case)
    # END HIDDEN TESTS


def check_bernoulli_nll(bernoulli_nll):
    """two images, flat and with axes for height, width and channels; logits of ±1000"""
    x = np.array([[1, 0, 0.7, 0.4], [0.2, 1, 0, 0.9]], dtype="float32")
    logits = np.array([[0.4, 0.9, 0.2, 0.6], [0.5, 0.7, 0.1, 0.3]], dtype="float32")
    for shape in ((2, 4), (2, 2, 1, 2)):
        check_close(
            "bernoulli_nll",
            call("bernoulli_nll", bernoulli_nll, x.reshape(shape), logits.reshape(shape)),
            [3.209796, 2.606015],
            what=f"two images, together of shape {shape}",
            mistakes={
                "the pixels are averaged instead of summed": [0.802449, 0.651504],
                "the mean of the pixels is multiplied by 784": [629.120003, 510.778929],
                "the images are averaged, too": 2.907905,
                "the images are summed, too": 5.815811,
                "logits are taken for probabilities": [5.16653, 2.274426],
                "the sigmoid is taken twice": [2.977913, 2.835171],
                "the sign is wrong": [-3.209796, -2.606015],
                "x and logits are swapped": [3.24261, 2.975702],
                "black and white are swapped, or the sign of the logits": [2.669796, 3.146015],
                "the part for dark pixels, 1 − x, is missing": [1.106708, 0.996921],
                "the part for bright pixels, x, is missing": [2.103088, 1.609094],
                "the product x · logits is missing": [3.989796, 3.676015],
                "the sign of the product x · logits is wrong": [4.769796, 4.746015],
                "grey pixels are rounded to 0 or 1": [3.389796, 2.676015],
                "the squared error of the probabilities is taken": [0.749398, 0.670162],
            },
        )
    x = np.array([[1], [0], [1], [0]], dtype="float32")
    logits = np.array([[1000], [1000], [-1000], [-1000]], dtype="float32")
    right = np.array([0, 1000, 1000, 0])
    got = call("bernoulli_nll", bernoulli_nll, x, logits)
    check_shape("bernoulli_nll", got, (4,), what="logits of ±1000")
    finite = np.isfinite(got).all()
    problem = (
        "logits of ±1000: not every value is finite: the logarithm of 0 is taken, or exp overflows."
    )
    check_true("bernoulli_nll", finite, problem)
    problem = "logits of ±1000: the probability is cut off before the logarithm, or the logit is."
    check_true("bernoulli_nll", not 10 < np.max(got) < 999, problem)
    check_close("bernoulli_nll", got, right, what="logits of ±1000")
    # BEGIN HIDDEN TESTS
    name = "bernoulli_nll"
    rng = np.random.default_rng(0)

    def check_case(case, shape, scale=3.0):
        x = np.clip(rng.uniform(-0.3, 1.3, size=shape), 0, 1).astype("float32")  # grey, 0 and 1
        logits = (scale * rng.normal(size=shape)).astype("float32")
        x_64, logits_64 = x.astype(float), logits.astype(float)
        each = x_64 * np.logaddexp(0, -logits_64) + (1 - x_64) * np.logaddexp(0, logits_64)
        flat = each.reshape(len(x), -1)
        got = call(name, bernoulli_nll, x, logits, case=case)
        mistakes = {
            "the images are averaged, too": np.full(len(x), flat.sum(axis=1).mean()),
            "only one axis is summed": each.sum(axis=1),
        }
        check_close(name, got, flat.sum(1), rtol=1e-4, atol=1e-5, mistakes=mistakes, case=case)

    check_case("flat images", (4, 9))
    check_case("the same shape, other values", (4, 9))
    check_case("images without a channel", (3, 6, 8))
    check_case("two channels", (3, 5, 7, 2))
    check_case("five axes", (2, 4, 3, 6, 8))
    check_case("one image", (1, 5, 7, 1))
    check_case("images of one pixel", (5, 1))
    check_case("large logits, grey pixels, too", (4, 9), scale=300)
    # END HIDDEN TESTS


def check_gaussian_nll(gaussian_nll):
    """two images, flat and with axes for height, width and channels"""
    x = np.array([[1, 0, 0.7, 0.4], [0.2, 1, 0, 0.9]], dtype="float32")
    mean = np.array([[0.8, 0.1, 0.4, 0.6], [0.3, 0.6, 0.2, 0.5]], dtype="float32")
    log_var = np.array([[0.5, 1, 0.3, 0.9], [0.8, 0.4, 1.2, 0.7]], dtype="float32")
    for shape in ((2, 4), (2, 2, 1, 2)):
        given = [a.reshape(shape) for a in (x, mean, log_var)]
        check_close(
            "gaussian_nll",
            call("gaussian_nll", gaussian_nll, *given),
            [5.081192, 5.327377],
            what=f"two images, together of shape {shape}",
            mistakes={
                "the pixels are averaged instead of summed": [1.270298, 1.331844],
                "the mean of the pixels is multiplied by 784": [995.9137, 1044.165913],
                "the images are averaged, too": 5.204285,
                "the images are summed, too": 10.408569,
                "the sign is wrong": [-5.081192, -5.327377],
                "the term log 2π is missing": [1.405438, 1.651623],
                "the term log 2π is counted once, not for each pixel": [2.324377, 2.570562],
                "the term log σ² is missing": [3.731192, 3.777377],
                "the sign of the term log σ² is wrong": [2.381192, 2.227377],
                "the factor ½ on log_var is missing": [6.431192, 6.877377],
                "log_var is used as the variance": [2.891736, 3.356063],
                "log_var is used as the standard deviation": [2.282965, 3.046933],
                "exp(log_var) is used as the standard deviation": [6.411791, 6.834252],
                "only the squared errors are summed": [0.18, 0.37],
                "the squared error is missing": [5.025754, 5.225754],
                "the sign of the squared error is wrong": [4.970316, 5.124131],
                "the error is not squared": [5.138479, 5.406549],
                "the squared error is not divided by the variance": [5.115754, 5.410754],
                "the squared error is multiplied by the variance": [5.182256, 5.58373],
                "the squared error is divided by σ instead of σ²": [5.095847, 5.361955],
                "the factor ½ on the squared error is missing": [5.136631, 5.429],
                "the factor ½ is missing": [10.162385, 10.654754],
            },
        )
    # BEGIN HIDDEN TESTS
    name = "gaussian_nll"
    rng = np.random.default_rng(0)

    def check_case(case, shape, low=0.2, high=1.5, far=0.0, rounded=0.0):
        log_var = rng.uniform(low, high, size=shape).astype("float32")
        deviation = np.exp(log_var.astype(float) / 2)
        mean = (rng.random(shape) * np.minimum(deviation, 1)).astype("float32")
        x = (mean + (rng.normal(size=shape) + far) * np.minimum(deviation, 1)).astype("float32")
        each = -stats.norm.logpdf(x.astype(float), mean, deviation)
        flat = each.reshape(len(x), -1)
        mistakes = {
            "the images are averaged, too": np.full(len(x), flat.sum(axis=1).mean()),
            "only one axis is summed": each.sum(axis=1),
        }
        if rounded:
            problem = (
                "a density or a product is computed before its logarithm, and over- or underflows"
            )
            mistakes[problem] = np.full(len(x), rounded)
        got = call(name, gaussian_nll, x, mean, log_var, case=case)
        check_close(name, got, flat.sum(1), rtol=1e-4, atol=1e-4, mistakes=mistakes, case=case)

    check_case("flat images", (4, 9))
    check_case("the same shape, other values", (4, 9))
    check_case("images without a channel", (3, 6, 8))
    check_case("two channels", (3, 5, 7, 2))
    check_case("five axes", (2, 4, 3, 6, 8))
    check_case("one image", (1, 5, 7, 1))
    check_case("images of one pixel", (5, 1))
    check_case("variance ½", (4, 9), low=np.log(0.5), high=np.log(0.5))
    check_case("very small variances", (4, 2, 6), low=-30, high=-29)
    check_case("very large variances", (4, 2, 6), low=29, high=30)
    check_case("errors of many standard deviations", (3, 5), far=60, rounded=np.inf)
    check_case("whole images, small variances", (2, 28, 28, 1), low=-8, high=-1, rounded=-np.inf)
    check_case("whole images, large variances", (2, 28, 28, 1), low=1, high=8, rounded=np.inf)
    # END HIDDEN TESTS


def check_linear_gaussian_elbo(linear_gaussian_elbo):
    """one x with three pixels, two latent dimensions and a full covariance"""
    x = np.array([1.2, 0.4, -0.3], dtype="float32")
    W = np.array([[1, 0.5], [0.5, 1], [-0.5, 0.5]], dtype="float32")
    b = np.array([0.1, 0, -0.1], dtype="float32")
    q_mean = np.array([0.6, 0.2], dtype="float32")
    q_cov = np.array([[0.4, -0.2], [-0.2, 0.3]], dtype="float32")
    check_close(
        "linear_gaussian_elbo",
        call("linear_gaussian_elbo", linear_gaussian_elbo, x, W, b, 0.4, q_mean, q_cov),
        -4.478027,
        mistakes={
            "the KL is added instead of taken away": -2.852299,
            "the KL is missing": -3.665163,
            "the reconstruction is missing": -0.812864,
            "the trace term of the reconstruction is missing": -4.226657,
            "the trace is not divided by σ²": -4.601657,
            "only the diagonal of q_cov is used": -4.375843,
            "the KL uses only the diagonal of q_cov": -4.275295,
            "the trace term of the reconstruction uses only the diagonal of q_cov": -4.578575,
            "log p(x) is returned": -4.243483,
            "b is missing": -4.511543,
            "W q_mean is missing in the reconstruction": -4.893626,
            "log_var_x is used as the variance": -3.345244,
            "the errors are divided by log_var_x": -5.31968,
            "exp(log_var_x) is used as the standard deviation": -4.976371,
            "the errors are divided by σ instead of σ²": -4.546296,
            "the errors are not divided by σ²": -4.62968,
            "the sign is wrong": 4.478027,
            "the norm of the error is not squared": -4.55924,
            "log_var_x is counted once, not for each pixel": -4.078027,
            "the term log σ² is missing": -3.878027,
            "log 2π is counted once, not for each pixel": -2.64015,
            "the term log 2π is missing": -1.721212,
            "the terms log 2π and log σ² are counted d times, not D times": -3.359089,
            "the pixels are averaged in the reconstruction": -2.034585,
            "the factor ½ of the reconstruction is missing": -8.14319,
            "the factor ½ of the KL is missing": -5.290891,
            "both factors ½ are missing": -8.956054,
            "the term −d of the KL is missing": -5.478027,
            "D is taken away in the KL instead of d": -3.978027,
            "1 is taken away in the KL instead of d": -4.978027,
            "the trace of q_cov is missing in the KL": -4.128027,
            "the squared mean is missing in the KL": -4.278027,
            "the log-determinant is missing": -3.215163,
            "the sign of the log-determinant is wrong": -1.952299,
            "only half of the log-determinant is taken": -3.846595,
            "the log-determinant is counted twice": -5.740891,
            "the determinant is taken without its logarithm": -3.175163,
        },
    )

    # BEGIN HIDDEN TESTS
    name = "linear_gaussian_elbo"

    def check_case(case, D, d, log_var=0.4, scale=1.0, seed=0, at_posterior=False, rounded=0.0):
        rng = np.random.default_rng(seed)
        x, b, m = rng.normal(size=D), rng.normal(size=D), rng.normal(size=d)
        W, root = rng.normal(size=(D, d)), rng.normal(size=(d, d))
        S = scale * (root @ root.T / d + 0.3 * np.eye(d))
        variance = np.exp(log_var)
        if at_posterior:
            S = np.linalg.inv(np.eye(d) + W.T @ W / variance)
            m = S @ W.T @ (x - b) / variance
        args = [a.astype("float32") for a in (x, W, b)], [a.astype("float32") for a in (m, S)]
        x, W, b, m, S = (a.astype(float) for a in (*args[0], *args[1]))

        def elbo(S):
            """Each latent direction of S by itself, in the basis of its eigenvectors."""
            error = stats.norm.logpdf(x, W @ m + b, np.sqrt(variance)).sum()
            spread = np.sum((W @ np.linalg.cholesky(S)) ** 2) / (2 * variance)
            values = np.linalg.eigvalsh(S)
            return error - spread - 0.5 * (m @ m + np.sum(values - 1 - np.log(values)))

        expected = elbo(S)
        if at_posterior:
            cov = W @ W.T + variance * np.eye(D)
            expected = stats.multivariate_normal(b, cov).logpdf(x)
        mistakes = {}
        if d > 1:
            mistakes["only the diagonal of q_cov is used"] = elbo(np.diag(np.diag(S)))
        if rounded:
            problem = "a determinant is computed before its logarithm, and over- or underflows"
            mistakes[problem] = rounded
        got = call(name, linear_gaussian_elbo, *args[0], log_var, *args[1], case=case)
        check_close(name, got, expected, rtol=1e-4, atol=1e-4, mistakes=mistakes, case=case)

    check_case("more pixels and latent dimensions", D=7, d=3)
    check_case("the same shapes, other values", D=7, d=3, seed=1)
    check_case("fewer pixels than latent dimensions", D=2, d=4)
    check_case("one pixel and one latent dimension", D=1, d=1, log_var=0.0)
    check_case("q is the true posterior", D=6, d=3, at_posterior=True)
    check_case("a very small variance of the pixels", D=3, d=6, log_var=-30.0)
    check_case("a very large variance of the pixels", D=3, d=6, log_var=30.0)
    many = {"D": 7, "d": 120}
    check_case("120 latent dimensions, a narrow q", **many, scale=1e-4, rounded=-np.inf)
    check_case("120 latent dimensions, a wide q", **many, scale=1e4, rounded=np.inf)
    # END HIDDEN TESTS


def check_importance_weighted_bound(importance_weighted_bound):
    """four samples for two images, and weights around exp(−1000)"""
    log_w = np.log(np.array([[1, 2], [3, 4], [8, 12], [2, 6]], dtype="float32"))
    check_close(
        "importance_weighted_bound",
        call("importance_weighted_bound", importance_weighted_bound, log_w),
        [1.252763, 1.791759],
        mistakes={
            "log k is missing": [2.639057, 3.178054],
            "log k is added instead of taken away": [4.025352, 4.564348],
            "log n is subtracted instead of log k": [1.94591, 2.484907],
            "k is subtracted instead of log k": [-1.360943, -0.821946],
            "the logarithm of the sum is divided by k": [0.659764, 0.794513],
            "log(k − 1) is subtracted instead of log k": [1.540445, 2.079442],
            "the logarithms are averaged": [0.9678, 1.589027],
            "the logarithms are summed": [3.871201, 6.356108],
            "the largest weight alone is taken": [2.079442, 2.484907],
            "the largest logarithm is not added back": [-0.826679, -0.693147],
            "the mean runs over the images instead of the draws": [
                *[0.405465, 1.252763, 2.302585, 1.386294]
            ],
            "the logarithm at the end is missing": [3.5, 6],
            "the sign is wrong": [-1.252763, -1.791759],
            "the images are averaged, too": 1.522261,
            "the mean weight runs over the images, too": 1.558145,
        },
    )
    tiny = call("importance_weighted_bound", importance_weighted_bound, log_w - np.float32(1000))
    check_close(
        "importance_weighted_bound",
        tiny,
        [-998.747237, -998.208241],
        rtol=1e-6,
        what="weights around e^−1000",
        mistakes={"the weights are computed, which rounds them to 0": [-np.inf, -np.inf]},
    )
    # BEGIN HIDDEN TESTS
    name = "importance_weighted_bound"
    rng = np.random.default_rng(0)

    def check_case(case, k, n, shift=0.0):
        log_w = (rng.normal(scale=2, size=(k, n)) + shift).astype("float32")
        if "far above" in case:
            log_w[min(2, k - 1)] += 200
        exact = log_w.astype(float)
        expected = special.logsumexp(exact, axis=0) - np.log(k)
        with np.errstate(divide="ignore", over="ignore"):
            mistakes = {
                "the weights are computed, which overflows or rounds to 0": (
                    np.log(np.mean(np.exp(log_w), axis=0))
                ),
                "the same shift is taken for all images": (
                    log_w.max() + np.log(np.mean(np.exp(log_w - log_w.max()), axis=0))
                ),
                "the largest weight alone is taken": exact.max(axis=0),
                "log k is missing": expected + np.log(k),
            }
        got = call(name, importance_weighted_bound, log_w, case=case)
        check_close(name, got, expected, rtol=1e-6, atol=1e-3, mistakes=mistakes, case=case)

    check_case("more draws and images", k=7, n=5)
    check_case("the same shape, other values", k=7, n=5)
    check_case("more images than draws", k=3, n=8)
    check_case("one draw", k=1, n=4)
    check_case("one image", k=6, n=1)
    check_case("many draws", k=3000, n=4)
    check_case("tiny weights", k=7, n=5, shift=-1000)
    check_case("huge weights", k=7, n=5, shift=1000)
    levels = np.array([-1000, -500, 0, 500, 1000])
    check_case("images on different levels", k=7, n=5, shift=levels)
    check_case("one draw far above the others", k=7, n=5, shift=levels)
    # END HIDDEN TESTS
