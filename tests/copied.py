"""What a scene gives to be copied."""

from conv.scenes import scene_type


def numpy_code(spot, file):
    return scene_type(spot.view.scene).numpy(spot, file)


def torch_code(spot, file):
    return scene_type(spot.view.scene).torch(spot, file)


def latex_sum(spot):
    return scene_type(spot.view.scene).latex(spot)
