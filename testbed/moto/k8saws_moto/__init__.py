"""moto, mended where it departs from what AWS documents.

Start reading at :mod:`k8saws_moto.__main__`, the server. Each module beside it holds the mends of one AWS service: one
function a gap, its docstring naming the API action whose documented behaviour it restores.
"""
